import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives a test run its own temporary folder, so that files in the system's, or from another run, cannot interfere, and
 * everything is removed at the end. It also holds what the run makes once for all its processes: compiled code, an
 * unpacked Chromium, and a mark that the functions are bundled. The workers inherit the environment.
 *
 * @returns the cleanup
 */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'retrigger-hooks-'));
  process.env['TMPDIR'] = folder;
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
  process.env['BUNDLED'] = join(folder, 'bundled');
  process.env['CHROMIUM_FOLDER'] = join(folder, 'unpacked-chromium');
  // The last workers may still write there.
  return () => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
