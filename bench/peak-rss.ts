import { readFileSync } from 'node:fs';

/**
 * The most memory that this process has had, in MB (10^6 bytes). The kernel's own figure (`maxRSS`) begins with what the
 * parent had when it started the process, and a parent with a large push has more than any function.
 */
export function peakRssMb(): number {
  return process.platform === 'linux'
    ? (Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024) / 1e6
    : (process.resourceUsage().maxRSS * 1024) / 1e6;
}
