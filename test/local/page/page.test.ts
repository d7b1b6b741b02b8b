import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startToyWorker } from '../../../local/toy-worker.ts';
import { hasBrowser } from './browser.ts';
import {
  CREATED,
  FAILED_TEST,
  labelOf,
  newLabels,
  outcome,
  PageSession,
  picture,
  SHOWN,
  triggers,
  violations,
} from './session.ts';

let session: PageSession;

describe.skipIf(!hasBrowser)('the retrigger button of the page', () => {
  beforeAll(async () => {
    session = await PageSession.start();
  });
  afterEach(() => session.closePages());
  afterAll(() => session?.stop(), 30_000);

  it('retriggers the selected job with the key r, the direct way', async () => {
    const page = await session.open();
    const label = await labelOf(page, FAILED_TEST);
    await page.locator(FAILED_TEST).first().click();
    await page.keyboard.press('r');
    expect(await outcome(page)).toMatch(
      /^1 new job, shown as pending \d+ ms after the click, the direct way\.$/,
    );
    expect(await newLabels(page)).toEqual([expect.stringMatching(/^\S+ \+\d+ ms, test-.*, pending$/)]);
    expect(await labelOf(page, CREATED)).toBe(label);
    expect(await page.locator('#timeline svg').getAttribute('aria-label')).toMatch(
      /^click 0 ms, triggered \d+ ms, .* pending \d+ ms$/,
    );
    expect(await page.locator('#new-tasks a').getAttribute('href')).toMatch(
      /\/api\/queue\/v1\/task\/[\w-]{22}$/,
    );
    expect(await page.locator('#action-log details').count()).toBe(0);
    await picture(page, 'direct');
    expect(session.problems).toEqual([]);
  });

  it('retriggers with the button, the queued way, and shows the log of the action task', async () => {
    const page = await session.open();
    await page.locator(FAILED_TEST).first().click();
    await page.getByLabel('queued').check();
    await page.getByLabel('Times').fill('2');
    await page.getByRole('button', { name: 'Retrigger' }).click();
    await page.waitForSelector('#action-log pre');
    expect(await newLabels(page)).toHaveLength(2);
    expect(await page.locator('#action-log pre').textContent()).toMatch(/2 created, 0 rerun/);
    expect(await page.locator('#action-log pre a').count()).toBeGreaterThan(0);
    expect(await page.locator('[aria-label$=", Action: Retrigger, completed"]').count()).toBeGreaterThan(0);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'queued');
    expect(session.problems).toEqual([]);
  });

  it.each(['direct', 'queued'])('says why an action was forwarded, the %s way', async (way) => {
    const page = await session.open();
    await page.getByLabel('Filter').fill('test- completed');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+a');
    await page.getByLabel('Times').fill('100');
    await page.getByLabel(way).check();
    await page.getByRole('button', { name: 'Retrigger' }).click();
    await page.getByRole('button', { name: /^Make [\d,]+ jobs$/ }).click();
    expect(await outcome(page)).toMatch(
      /^Forwarded to the full action task [\w-]{22}: \d+ tasks at once; the fast way takes up to \d+\.$/,
    );
    expect(await page.locator('#live a').getAttribute('href')).toMatch(/\/task\/[\w-]{22}$/);
    await picture(page, `forwarded-${way}`);
  });

  it('reruns a failed build, and marks it in the grid', async () => {
    const page = await session.open();
    await page.locator('[role=option][data-state=failed][aria-label*=", build-"]').first().click();
    await page.keyboard.press('r');
    expect(await outcome(page)).toMatch(
      /^1 rerun, shown as pending \d+ ms after the click, the direct way\.$/,
    );
    expect(await newLabels(page)).toEqual([expect.stringMatching(/^B rerun \+\d+ ms, build-.*, pending$/)]);
    expect(await page.locator('#timeline svg').getAttribute('aria-label')).toMatch(/rerun \d+ ms, pending/);
  });

  it.each([
    ['direct', /it completed/, '#result'],
    ['queued', /^The action task [\w-]{22} .*\. Its log says why\.$/, '#action-log'],
  ])('says that there was nothing to do, the %s way', async (way, text, reason) => {
    const page = await session.open();
    await page.locator('[role=option][data-state=completed][aria-label*=", build-"]').first().click();
    await page.getByLabel(way).check();
    await page.keyboard.press('r');
    expect(await outcome(page)).toMatch(text);
    await page.locator(reason).getByText('it completed').waitFor();
    expect(await newLabels(page)).toEqual([]);
  });

  it('asks before it makes very many jobs', async () => {
    const page = await session.open();
    session.environment.taskcluster.clearCalls();
    await page.keyboard.press('Control+a');
    await page.getByLabel('Times').fill('100');
    await page.getByRole('button', { name: 'Retrigger' }).click();
    const dialog = page.getByRole('dialog');
    const jobs = await page.locator(SHOWN).count();
    expect(await dialog.textContent()).toContain(
      `Retrigger ${jobs} jobs 100 times each? This makes ${(jobs * 100).toLocaleString('en')} new jobs.`,
    );
    expect(await page.getByRole('button', { name: 'Go back' }).evaluate((one) => one.matches(':focus'))).toBe(
      true,
    );
    await picture(page, 'question');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Retrigger' }).click();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(triggers(session.environment)).toBe(0);
  });

  it('keeps the grid readable when a press makes a hundred jobs', async () => {
    const page = await session.open();
    await page.locator(FAILED_TEST).first().click();
    await page.getByLabel('Times').fill('100');
    await page.getByRole('button', { name: 'Retrigger' }).click();
    expect(await outcome(page)).toMatch(/^100 new jobs, shown as pending \d+ ms/);
    expect(await page.locator(CREATED).count()).toBe(100);
    expect(await page.locator('.mark').count()).toBe(0);
    await picture(page, 'hundred');
  });

  it('shows what Treeherder shows if the user may not, and nothing of the press before', async () => {
    const page = await session.open();
    await page.locator(FAILED_TEST).first().click();
    await page.keyboard.press('r');
    await outcome(page);
    await session.closePages();

    const { taskcluster, push } = session.environment;
    const guest = await session.open({
      credentials: taskcluster.createClient('mozilla-auth0/ad|Mozilla-LDAP|guest/page', []),
    });
    await guest.locator(FAILED_TEST).first().click();
    await guest.keyboard.press('r');
    const text = await outcome(guest);
    expect(text).toContain(`Retrigger failed with Decision task: ${push.decisionTaskId}: Error: `);
    expect(text).toContain('does not have sufficient scopes');
    expect(await guest.locator('#result').textContent()).toBe(text);
    expect(await newLabels(guest)).toEqual([]);
    expect(await violations(guest)).toEqual([]);
    await picture(guest, 'refused');
    await guest.getByRole('button', { name: 'Dismiss' }).click();
    expect(await guest.locator('#live').textContent()).toBe('');
  });

  it.each(['r', 'Enter'])('retriggers once, however long %s is held down', async (key) => {
    const page = await session.open();
    await page.locator(FAILED_TEST).first().click();
    if (key === 'Enter') await page.locator('#retrigger').focus();
    await page.keyboard.down(key);
    const first = await outcome(page);
    await page.keyboard.down(key);
    expect(await page.locator('#live').textContent()).toBe(first);
  });

  it('replaces the report on a press by the next, failed or not', async () => {
    const page = await session.open();
    const { taskcluster } = session.environment;
    await page.locator(FAILED_TEST).first().click();
    await page.keyboard.press('r');
    await outcome(page);
    expect(await page.locator('#timeline svg').count()).toBe(1);

    taskcluster.setFaults([{ method: 'expandScopes', times: 10, status: 403 }]);
    await page.keyboard.press('r');
    await page.waitForSelector('#message[data-kind=error]');
    taskcluster.setFaults([]);
    expect(await page.locator('#result').textContent()).toContain('Retrigger failed with Decision task');
    expect(await page.locator('#timeline svg, #new-tasks li').count()).toBe(0);
    expect(await page.locator(CREATED).count()).toBe(0);

    await page.keyboard.press('r');
    await page.waitForSelector('#message[data-kind=done]');
    expect(await page.getByText('Retrigger failed').count()).toBe(0);
  });

  it('follows a new job until a worker has run it, and shows its log', async () => {
    const page = await session.open();
    await page.locator(FAILED_TEST).first().click();
    await page.keyboard.press('r');
    await page.waitForSelector(CREATED);
    const label = await labelOf(page, CREATED);
    const { push, taskcluster } = session.environment;
    const queue = Object.values(push.tasks).find((task) => task.label === label)?.task['taskQueueId'];
    const toy = startToyWorker(taskcluster, [String(queue)], 100);
    await page.waitForSelector(`${CREATED}[data-state=completed]`);
    toy.stop();
    expect(await newLabels(page)).toEqual([expect.stringMatching(/, completed$/)]);
    await page.locator(CREATED).click();
    await page.keyboard.press('l');
    await page.waitForSelector('#panel-log pre');
    expect(await page.locator('#panel-log pre').textContent()).toMatch(
      /^The toy worker ran task [\w-]{22}, run 0/,
    );
    expect(await page.getByText('Open the whole log').getAttribute('href')).toContain('live_backing.log');
    expect(session.problems).toEqual([]);
  });
});
