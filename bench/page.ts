/**
 * `npm run bench:page`: measures the local page with a large push in a real browser: bytes, ms until it is usable, and
 * ms until it shows the result of a filter. Docs quote the figures; nothing is checked.
 */
import type { Browser } from 'playwright-core';
import { CommandError, runCommand, UsageError } from '../cli/command.ts';
import { withProgress } from '../cli/progress.ts';
import { startEnvironment } from '../local/environment.ts';
import { startPageServer } from '../local/page-server.ts';
import { hasBrowser, startBrowser } from '../test/local/page/browser.ts';

const TIMES = 5;
const FILTERS = ['failed', 'mochitest', 'linux', 'failed exception xpcshell', 'no such job', ''];

await runCommand(
  {
    script: 'bench:page',
    about: `Opens the local page ${TIMES} times in a browser and prints its bytes and times.`,
    options: {
      size: {
        type: 'string',
        value: 'N',
        default: '20000',
        about: 'number of tasks in the push, 50 to 20,000; 20,000 by default',
      },
    },
  },
  async ({ size: text }) => {
    const size = Number(text);
    if (!Number.isInteger(size) || size < 50 || size > 20_000)
      throw new UsageError(`--size takes a whole number from 50 to 20000, not ${text}.`);
    if (!hasBrowser) throw new CommandError('There is no browser: name a Chromium in CHROMIUM.');
    const rows = await withProgress('Measuring', () => measurePage(size));
    console.table([...rows.map((row) => ({ '': '', ...row })), { '': 'median', ...median(rows) }]);
  },
);

type Row = Record<string, number>;

async function measurePage(size: number): Promise<Row[]> {
  const environment = await startEnvironment({ port: 0, latencyMs: 0, push: { size }, functions: false });
  const server = await startPageServer(environment, environment.deployment.user);
  const { browser, stop } = await startBrowser();
  try {
    const rows: Row[] = [];
    for (let time = 0; time < TIMES; time += 1) rows.push(await open(browser, server.url));
    return rows;
  } finally {
    await stop();
    await server.close();
    await environment.stop();
  }
}

function median(rows: readonly Row[]): Row {
  const columns = Object.keys(rows[0] ?? {});
  return Object.fromEntries(
    columns.map((column) => {
      const sorted = rows.map((row) => row[column] ?? Number.NaN).toSorted((one, other) => one - other);
      return [column, sorted[sorted.length >> 1] ?? Number.NaN];
    }),
  );
}

async function open(browser: Browser, url: string): Promise<Row> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const started = performance.now();
  await page.goto(url);
  await page.waitForSelector('body[data-ready]');
  const readyMs = Math.round(performance.now() - started);
  const [jobs = 0, bytes = 0] = await page.evaluate<number[]>(
    `[document.querySelectorAll('[role=option]').length,
      performance.getEntries().reduce((sum, { encodedBodySize = 0 }) => sum + encodedBodySize, 0)]`,
  );
  const row: Row = { jobs, MB: Number((bytes / 1e6).toFixed(1)), 'ready ms': readyMs };
  for (const filter of FILTERS) {
    // From the keystroke to the frame that shows the result.
    row[`${JSON.stringify(filter)} ms`] = await page.evaluate<number>(
      `new Promise((resolve) => {
        const input = document.getElementById('filter');
        const started = performance.now();
        input.value = ${JSON.stringify(filter)};
        input.dispatchEvent(new Event('input'));
        requestAnimationFrame(() => setTimeout(() => resolve(Math.round(performance.now() - started))));
      })`,
    );
  }
  await page.close();
  return row;
}
