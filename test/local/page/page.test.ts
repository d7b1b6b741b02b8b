import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEnvironment, type Environment } from '../../../local/environment.ts';
import { startPageServer, type PageServer } from '../../../local/page-server.ts';
import type { Credentials } from '../../../local/taskcluster/api.ts';
import { startToyWorker } from '../../../local/toy-worker.ts';
import { hasBrowser, startBrowser } from './browser.ts';

const OUT = '.ci/out';
const failed = '[role=option][data-state=failed][aria-label*=", test-"]';
const created = '[role=option]:has(.mark)';

let environment: Environment;
let chromium: Awaited<ReturnType<typeof startBrowser>>;
const servers: PageServer[] = [];
const problems: string[] = [];

/** The page as this user sees it, with the whole push loaded. */
async function open(credentials: Credentials, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const { taskcluster, push, hook } = environment;
  const { rootUrl, internalRootUrl } = taskcluster;
  const { decisionTaskId } = push;
  const server = await startPageServer({ rootUrl, internalRootUrl, credentials, decisionTaskId, hook });
  servers.push(server);
  const page = await chromium.browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(server.url);
  await page.waitForSelector('body[data-ready]');
  return page;
}

/** What axe finds wrong. It comes by way of the debugger: the page's own policy lets no foreign script in. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate<string[]>(
    'axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0].html}`))',
  );
}

const picture = (page: Page, name: string) => page.screenshot({ path: `${OUT}/page-${name}.png` });
const newLabels = (page: Page) =>
  page
    .locator(`${created}:not([aria-label*=", Action: "])`)
    .evaluateAll((options) => options.map((option) => option.getAttribute('aria-label') ?? ''));
const labelOf = async (page: Page, selector: string) =>
  (await page.locator(selector).first().getAttribute('aria-label'))?.split(', ')[1] ?? 'no job';

describe.skipIf(!hasBrowser)('the page in a browser', () => {
  beforeAll(async () => {
    await mkdir(OUT, { recursive: true });
    // Somebody else's leftovers, which the npm package would take for its own.
    await mkdir(join(tmpdir(), 'fonts'), { recursive: true });
    await writeFile(join(tmpdir(), 'chromium'), '');
    [environment, chromium] = await Promise.all([
      startEnvironment({ port: 0, latencyMs: 0, push: { size: 200 }, functions: true }),
      startBrowser(),
    ]);
  }, 60_000);
  afterEach(async () => {
    await Promise.all(chromium.browser.contexts().map((context) => context.close()));
    await Promise.all(servers.splice(0).map((server) => server.close()));
    problems.length = 0;
  });
  afterAll(async () => {
    await chromium?.stop();
    await environment?.stop();
  }, 30_000);

  it.each(['light', 'dark'] as const)('shows the push, readable for everybody (%s)', async (scheme) => {
    const page = await open(environment.deployment.user, scheme);
    const jobs = Object.values(environment.push.tasks).filter(
      ({ task }) => task['taskGroupId'] === environment.push.decisionTaskId,
    );
    expect(await page.locator('[role=option]').count()).toBe(jobs.length);
    await page.locator(failed).first().click();
    await page.getByText('Definition').click();
    await picture(page, scheme);
    expect(await violations(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('retriggers the selected job with the key r, the direct way', async () => {
    const page = await open(environment.deployment.user);
    const label = await labelOf(page, failed);
    await page.locator(failed).first().click();
    await page.keyboard.press('r');
    await page.waitForSelector('#last:not([hidden])');
    expect(await newLabels(page)).toEqual([expect.stringMatching(/^\S+ \+\d+ ms, test-.*, pending$/)]);
    expect(await labelOf(page, created)).toBe(label);
    expect(await page.locator('#live').textContent()).toMatch(/^1 new job, pending \d+ ms after the click/);
    expect(await page.locator('#timeline svg').getAttribute('aria-label')).toMatch(
      /^click 0 ms, triggered \d+ ms, .* pending \d+ ms$/,
    );
    expect(await page.locator('#action-log details').count()).toBe(0);
    await picture(page, 'direct');
    expect(problems).toEqual([]);
  });

  it('retriggers with the button, the queued way, and shows the log of the action task', async () => {
    const page = await open(environment.deployment.user);
    await page.locator(failed).first().click();
    await page.getByLabel('queued').check();
    await page.getByLabel('Times').fill('2');
    await page.getByRole('button', { name: 'Retrigger' }).click();
    await page.waitForSelector('#action-log pre');
    expect(await newLabels(page)).toHaveLength(2);
    expect(await page.locator('#action-log pre').textContent()).toMatch(/2 created, 0 rerun/);
    expect(await page.locator(`${created}[aria-label$=", Action: Retrigger, completed"]`).count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'queued');
    expect(problems).toEqual([]);
  });

  it('retriggers several, by keyboard alone', async () => {
    const page = await open(environment.deployment.user);
    await page.keyboard.press('f');
    await page.keyboard.type('completed mochitest-plain');
    await page.keyboard.press('Tab');
    while (!(await page.locator('[role=option]:focus').count())) await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowRight');
    expect(await page.locator('[aria-selected=true]').count()).toBe(2);
    await page.keyboard.press('r');
    await page.waitForSelector('#last:not([hidden])');
    expect(await newLabels(page)).toHaveLength(2);
    await page.keyboard.press('Escape');
    expect(await page.locator('[aria-selected=true]').count()).toBe(0);
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog', { name: 'Keys' }).isVisible()).toBe(true);
    await picture(page, 'keys');
  });

  it('shows what Treeherder shows when the user may not', async () => {
    const guest = environment.taskcluster.createClient('mozilla-auth0/ad|Mozilla-LDAP|guest/page', []);
    const page = await open(guest);
    await page.locator(failed).first().click();
    await page.keyboard.press('r');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain(
      `Retrigger failed with Decision task: ${environment.push.decisionTaskId}: Error: `,
    );
    expect(await alert.textContent()).toContain('does not have sufficient scopes');
    expect(await newLabels(page)).toEqual([]);
    await picture(page, 'refused');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await alert.count()).toBe(0);
  });

  it('follows a new job until a worker has run it', async () => {
    const page = await open(environment.deployment.user);
    await page.locator(failed).first().click();
    await page.keyboard.press('r');
    await page.waitForSelector(created);
    const label = await labelOf(page, created);
    const queue = Object.values(environment.push.tasks).find((task) => task.label === label)?.task[
      'taskQueueId'
    ];
    const toy = startToyWorker(environment.taskcluster, [String(queue)], 100);
    await page.waitForSelector(`${created}[data-state=completed]`);
    toy.stop();
    expect(await newLabels(page)).toEqual([expect.stringMatching(/, completed$/)]);
  });
});
