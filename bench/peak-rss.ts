import { readFileSync } from 'node:fs';

/**
 * The peak memory of this process, in MB (10^6 bytes). The kernel's figure (`maxRSS`) starts with the parent's memory
 * at the start of the process, and a parent with a large push has more than any function.
 */
export function peakRssMb(): number {
  return process.platform === 'linux'
    ? (Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024) / 1e6
    : (process.resourceUsage().maxRSS * 1024) / 1e6;
}
