import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';

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

/** Whether there is a browser for this machine: the npm package has one only for Linux on x64. */
export const hasBrowser =
  process.env['CHROMIUM'] !== undefined || (process.platform === 'linux' && process.arch === 'x64');

/**
 * Starts Chromium: the one in `CHROMIUM`, or the npm package's, unpacked for this run. It only writes to its own
 * folder, which `stop` removes.
 */
export async function startBrowser(): Promise<{ browser: Browser; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  const env = { ...process.env, HOME: folder, TMPDIR: folder };
  const installed = process.env['CHROMIUM'];
  const browser = await chromium.launch(
    installed === undefined
      ? { ...(await packaged(folder, env)), args: FLAGS }
      : { executablePath: installed, env, args: FLAGS },
  );
  return {
    browser,
    stop: async () => {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function packaged(folder: string, env: NodeJS.ProcessEnv) {
  const unpacked = await unpack(folder);
  return {
    executablePath: join(unpacked, 'chromium'),
    env: {
      ...env,
      LD_LIBRARY_PATH: join(unpacked, 'al2023', 'lib'),
      FONTCONFIG_FILE: await configureFonts(join(unpacked, 'fonts'), folder),
    },
  };
}

/**
 * Unpacks into CHROMIUM_FOLDER, which the tests of a run share, or else into the given folder.
 *
 * @returns the folder where it is
 */
async function unpack(folder: string): Promise<string> {
  const shared = process.env['CHROMIUM_FOLDER'];
  if (shared === undefined) return unpackInto(folder);
  if (existsSync(shared)) return shared;
  const own = await unpackInto(await mkdtemp(`${shared}-`));
  // Another process may have been faster; then its folder stays.
  await rename(own, shared).catch(async (error: unknown) => {
    if (!existsSync(shared)) throw error;
    await rm(own, { recursive: true });
  });
  return shared;
}

/**
 * The package unpacks into the temporary folder, and uses whatever it already finds there. If it believes that it runs
 * on Lambda, it also unpacks libraries that a bare machine lacks.
 */
async function unpackInto(folder: string): Promise<string> {
  const script = fileURLToPath(new URL('unpack-chromium.ts', import.meta.url));
  const env = { ...process.env, HOME: folder, TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' };
  await promisify(execFile)(process.execPath, [script], { env });
  return folder;
}

/**
 * The package's own fonts.conf names /tmp/fonts, wherever it was unpacked. Without any fonts, Chromium crashes at the
 * first form control.
 */
async function configureFonts(fonts: string, folder: string): Promise<string> {
  const file = join(folder, 'fonts.conf');
  const configuration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${fonts}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;
  await writeFile(file, configuration);
  return file;
}
