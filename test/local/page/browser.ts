import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { vi } from 'vitest';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether there is a browser for this machine: the npm package carries one for Linux on x64 only. */
export const hasBrowser =
  process.env['CHROMIUM'] !== undefined || (process.platform === 'linux' && process.arch === 'x64');

/** A Chromium: the one that `CHROMIUM` names, else the one of the npm package, unpacked for this run. */
export async function startBrowser(): Promise<{ browser: Browser; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  const executablePath = process.env['CHROMIUM'] ?? (await unpack(folder));
  // Each start has a user data directory of its own.
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  vi.unstubAllEnvs();
  return {
    browser,
    stop: async () => {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * The package unpacks into the directory for temporary files and takes what it finds there as its own. Where it
 * believes to run on Lambda it also brings the libraries and fonts that a bare machine lacks.
 */
async function unpack(folder: string): Promise<string> {
  vi.stubEnv('TMPDIR', folder);
  vi.stubEnv('AWS_LAMBDA_JS_RUNTIME', 'nodejs24.x');
  const { default: packaged } = await import('@sparticuz/chromium');
  return packaged.executablePath();
}
