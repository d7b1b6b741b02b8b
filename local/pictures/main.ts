/**
 * `npm run pictures`: makes the pictures of docs/images: the page after a retrigger, light and dark, and
 * architecture-dark.svg from architecture-light.svg, which is drawn by hand.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { CommandError, runCommand } from '../../cli/command.ts';
import { withProgress } from '../../cli/progress.ts';
import { hasBrowser, startBrowser } from '../../test/local/page/browser.ts';
import { startEnvironment } from '../environment.ts';
import { startPageServer } from '../page-server.ts';
import { inTheDark } from './dark.ts';

const image = (name: string): URL => new URL(`../../docs/images/${name}`, import.meta.url);

await runCommand(
  { script: 'pictures', about: 'Makes the pictures of docs/images; needs a browser.', options: {} },
  async () => {
    if (!hasBrowser) throw new CommandError('There is no browser: name a Chromium in CHROMIUM.');
    await writeFile(
      image('architecture-dark.svg'),
      inTheDark(await readFile(image('architecture-light.svg'), 'utf8')),
    );
    await withProgress('Taking pictures of the page', takePictures);
  },
);

async function takePictures(): Promise<void> {
  const environment = await startEnvironment({
    port: 0,
    latencyMs: 0,
    push: { size: 200 },
    functions: true,
  });
  const server = await startPageServer(environment, environment.deployment.user);
  const { browser, stop } = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1180, height: 640 }, deviceScaleFactor: 2 });
    await page.goto(server.url);
    await page.waitForSelector('body[data-ready]');
    const tests = page.locator('[role=option][data-state=failed][aria-label*=", test-"]');
    // Warms up the functions. The result of this press lies outside the picture.
    await retrigger(page, tests.last());
    await retrigger(page, tests.nth(1));
    await page.locator('#push-jobs').evaluate('(jobs) => { jobs.scrollTop = 0; }');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await writeFile(image(`page-${colorScheme}.webp`), await capture(page));
    }
  } finally {
    await stop();
    await server.close();
    await environment.stop();
  }
}

async function retrigger(page: Page, job: ReturnType<Page['locator']>): Promise<void> {
  await job.click();
  await page.keyboard.press('r');
  await page.waitForSelector('#message:is([data-kind=done], [data-kind=error])');
}

/** Playwright cannot save WebP, which takes a quarter of the bytes. */
async function capture(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 });
  return Buffer.from(data, 'base64');
}
