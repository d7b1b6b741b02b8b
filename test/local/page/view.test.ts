import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from './browser.ts';
import {
  FAILED_TEST,
  newLabels,
  outcome,
  PageSession,
  picture,
  SELECTED,
  SHOWN,
  triggers,
  violations,
  WINDOWS,
} from './session.ts';

let session: PageSession;

describe.skipIf(!hasBrowser)('the view of the page', () => {
  beforeAll(async () => {
    session = await PageSession.start();
  });
  afterEach(() => session.closePages());
  afterAll(() => session?.stop(), 30_000);

  it.each(['light', 'dark'] as const)('shows the push accessibly (%s)', async (colorScheme) => {
    const page = await session.open({ colorScheme });
    const { push } = session.environment;
    const jobs = Object.values(push.tasks).filter(({ task }) => task['taskGroupId'] === push.decisionTaskId);
    expect(await page.locator(SHOWN).count()).toBe(jobs.length);
    await page.locator(FAILED_TEST).first().click();
    await page.waitForSelector('#panel-job ul');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('tab', { name: 'Definition' }).click();
    await page.waitForSelector('#panel-definition pre a');
    await picture(page, colorScheme);
    expect(await violations(page)).toEqual([]);
    expect(session.problems).toEqual([]);
  });

  describe.each(WINDOWS)('in a window of %i × %i', (...window) => {
    it.each(['light', 'dark'] as const)(
      'has everything in view and large enough (%s)',
      async (colorScheme) => {
        const page = await session.open({ window, colorScheme });
        await picture(page, `${window[0]}-${colorScheme}`);
        const small = await page
          .locator('[role=option], button, input:not([type=radio]), label, summary')
          .evaluateAll((targets) =>
            targets
              .filter((target) => target.checkVisibility())
              .map((target) => ({ name: target.outerHTML.slice(0, 80), box: target.getBoundingClientRect() }))
              .filter(({ box }) => box.width < 24 || box.height < 24)
              .map(({ name }) => name),
          );
        expect(small).toEqual([]);
        await page.locator(FAILED_TEST).last().click();
        await page.keyboard.press('r');
        await outcome(page);
        await picture(page, `${window[0]}-pressed-${colorScheme}`);
        for (const id of ['live', 'dismiss', 'retrigger', 'filter', 'selected', 'result']) {
          const box = await page.locator(`#${id}`).boundingBox();
          expect({ id, inside: box !== null && box.y >= 0 && box.y + box.height <= window[1] }).toEqual({
            id,
            inside: true,
          });
        }
        const scrolls = await page.evaluate<boolean[]>(
          '[document.documentElement.scrollWidth > innerWidth, document.documentElement.scrollHeight > innerHeight]',
        );
        expect(scrolls).toEqual([false, false]);
        expect(await violations(page)).toEqual([]);
      },
    );
  });

  it('keeps the name of a platform in view while scrolling its jobs', async () => {
    const page = await session.open({ window: WINDOWS[2] });
    const row = page.locator('.row', { hasText: 'linux2404-64 opt' });
    const jobs = row.locator('[role=option]');
    await jobs.last().click();
    const [list, name, job] = await Promise.all(
      [page.locator('#push-jobs'), row.locator('.platform'), jobs.last()].map((one) => one.boundingBox()),
    );
    if (!list || !name || !job) throw new Error('something is not shown');
    expect((await row.boundingBox())?.y).toBeLessThan(list.y);
    expect(name.y).toBeGreaterThanOrEqual(list.y);
    expect(job.y).toBeGreaterThanOrEqual(name.y + name.height);
    expect(job.y + job.height).toBeLessThanOrEqual(list.y + list.height);
  });

  it('loads little: 20,000 jobs would take less than 10 MB', async () => {
    const page = await session.open();
    const [files = 0, jobs = 0] = await page.evaluate<number[]>(
      `(() => {
        const loaded = performance.getEntriesByType('resource');
        const bytes = (wanted) =>
          loaded.filter(({ name }) => wanted(name)).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
        return [bytes((name) => !name.includes('jobs.json')), bytes((name) => name.includes('jobs.json'))];
      })()`,
    );
    expect(files).toBeGreaterThan(100_000);
    expect(jobs).toBeGreaterThan(10_000);
    expect(files + (jobs / (await page.locator(SHOWN).count())) * 20_000).toBeLessThan(10_000_000);
  });

  it('shows the dependencies once if a job is selected again while they load', async () => {
    const page = await session.open();
    const [first, second] = [page.locator(FAILED_TEST).first(), page.locator(FAILED_TEST).last()];
    const taskId = (await first.getAttribute('id'))?.replace('job-', '') ?? '';
    const loading = Promise.withResolvers<void>();
    const { taskcluster } = session.environment;
    taskcluster.setFaults([{ method: 'task', path: `*/${taskId}`, until: loading.promise }]);
    await first.click();
    await second.click();
    await first.click();
    loading.resolve();
    await page.waitForSelector('#panel-job ul');
    await page.waitForLoadState('networkidle');
    expect(await page.locator('#panel-job ul').count()).toBe(1);
  });

  it('says that its server does not answer', async () => {
    const page = await session.open();
    await session.stopServing();
    await page.waitForSelector('#message[data-kind=error]');
    expect(await page.locator('#live').textContent()).toContain('does not answer');
    await page.getByRole('button', { name: 'Add new jobs…' }).click();
    await page.getByText('The list of jobs could not be read: ').waitFor();
  });

  it('asks for new states at once after a press, however long nothing has changed', async () => {
    const page = await session.open({ clock: true });
    await page.locator(FAILED_TEST).first().click();
    let answers = 0;
    page.on('response', (response) => {
      if (response.url().includes('jobs.json')) answers += 1;
    });
    for (let times = 0; times < 8; times += 1) {
      const before = answers;
      const later = async () => {
        await page.clock.fastForward(15_000);
        return answers;
      };
      await expect.poll(later, { timeout: 60_000 }).toBeGreaterThan(before);
    }
    await page.keyboard.press('r');
    await outcome(page);
    const asked = page.waitForResponse(/jobs\.json/, { timeout: 10_000 });
    await page.clock.fastForward(1_000);
    expect((await asked).status()).toBe(200);
  });

  it('deselects the job when its details are closed', async () => {
    const page = await session.open();
    await page.locator(FAILED_TEST).first().click();
    await page.waitForSelector('#panel-job ul');
    await page.keyboard.press('Escape');
    expect(await page.locator('#panel-job').textContent()).toBe('Select a job to see its details.');
    await page.locator(FAILED_TEST).first().click();
    await page.waitForSelector('#panel-job ul');
    expect(session.problems).toEqual([]);
  });

  it('shows the log of a job, or that there is none', async () => {
    const page = await session.open();
    await page.locator(FAILED_TEST).first().click();
    await page.keyboard.press('l');
    await page
      .locator('#panel-log pre', { hasText: /TEST-UNEXPECTED-TIMEOUT \| .* \| Test timed out/ })
      .waitFor();
    expect(await page.locator('#panel-log .failure').allTextContents()).toEqual([
      expect.stringContaining('Test timed out'),
      expect.stringContaining('exit status 1'),
    ]);
    await picture(page, 'log');
    await page.locator(`${SHOWN}[data-state=running]`).first().click();
    await page.getByText('The job is running and has no log.').waitFor();
    expect(session.problems).toEqual([]);
  });

  it('says visibly that nothing is selected', async () => {
    const page = await session.open();
    await page.keyboard.press('r');
    expect(await page.getByText('Nothing is selected: select a job first.').isVisible()).toBe(true);
    expect(await page.locator('[role=status], [role=alert], [aria-live]').count()).toBe(1);
  });

  it('does not retrigger when Enter is pressed in the filter', async () => {
    const page = await session.open();
    session.environment.taskcluster.clearCalls();
    await page.locator(FAILED_TEST).first().click();
    await page.getByLabel('Filter').fill('test');
    expect(await page.locator(SELECTED).count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.keyboard.press('i');
    expect(triggers(session.environment)).toBe(0);
    expect(await page.locator('#message').getAttribute('data-kind')).toBe('hint');
  });

  it('selects only what is shown', async () => {
    const page = await session.open();
    await page.keyboard.press('Control+a');
    const all = await page.locator(SHOWN).count();
    expect(await page.locator('#selected').textContent()).toBe(`${all} selected`);
    await page.getByLabel('Filter').fill('failed exception');
    const shown = await page.locator(SHOWN).count();
    expect(shown).toBeGreaterThan(0);
    expect(shown).toBeLessThan(all);
    expect(await page.locator(`${SHOWN}:not([data-state=failed], [data-state=exception])`).count()).toBe(0);
    expect(await page.locator('#selected').textContent()).toBe(`${shown} selected`);
    await page.getByLabel('Filter').fill('no such job');
    expect(await page.locator('#selected').textContent()).toBe('Nothing selected');
    expect(await page.getByText('No job matches “no such job”.').isVisible()).toBe(true);
    await picture(page, 'empty');
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    expect(await page.locator(SHOWN).count()).toBe(all);
    expect(await page.locator(SELECTED).count()).toBe(0);
  });

  it('filters by state with chips and keys', async () => {
    const page = await session.open();
    const states = async () => {
      const seen = await page
        .locator(SHOWN)
        .evaluateAll((jobs) => jobs.map((job) => job.getAttribute('data-state')));
      return [...new Set(seen)].toSorted((one, other) => (one ?? '').localeCompare(other ?? ''));
    };
    const all = await states();
    await page.getByRole('button', { name: /^\d+ failed$/ }).click();
    await page.getByRole('button', { name: /^\d+ completed$/ }).click();
    expect(await states()).toEqual(['completed', 'failed']);
    await picture(page, 'chips');
    await page.keyboard.press('Control+Shift+F');
    expect(await states()).toEqual(all);
    await page.keyboard.press('i');
    expect(await states()).toEqual(['completed', 'exception', 'failed']);
    await page.keyboard.press('i');
    expect(await states()).toEqual(all);
    await page.keyboard.press('u');
    expect(await states()).toEqual(['exception', 'failed']);
    await page.keyboard.press('u');
    expect(await states()).toEqual(all);
  });

  it('has the keys of Treeherder', async () => {
    const page = await session.open();
    const failures = await page
      .locator(`${SHOWN}:is([data-state=failed], [data-state=exception])`)
      .evaluateAll((jobs) => jobs.map(({ id }) => id));
    const selected = () => page.locator(SELECTED).evaluateAll((jobs) => jobs.map(({ id }) => id));
    for (const [key, at] of [
      ['j', 0],
      ['n', 1],
      ['j', 2],
      ['p', 1],
      ['k', 0],
    ] as const) {
      await page.keyboard.press(key);
      expect(await selected()).toEqual([failures[at]]);
    }
    await page.keyboard.press('k');
    expect(await page.locator('#live').textContent()).toBe('There is no earlier failure.');
    const order = await page.locator(SHOWN).evaluateAll((jobs) => jobs.map(({ id }) => id));
    const at = order.indexOf(failures[0] ?? '');
    await page.keyboard.press('ArrowRight');
    expect(await selected()).toEqual([order[at + 1]]);
    await page.keyboard.press('ArrowLeft');
    expect(await selected()).toEqual([order[at]]);
    await page.keyboard.press('t');
    expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('Log');
    await page.locator('#panel-log pre', { hasText: 'exit status 1' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await selected()).toEqual([]);
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog', { name: 'Keys' }).isVisible()).toBe(true);
    await picture(page, 'keys');
    expect(session.problems).toEqual([]);
  });

  it('retriggers several jobs with the keyboard alone', async () => {
    const page = await session.open();
    await page.keyboard.press('f');
    await page.keyboard.type('completed mochitest-plain');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowRight');
    expect(await page.locator(SELECTED).count()).toBe(2);
    await page.keyboard.press('r');
    await outcome(page);
    // They are pending, and are shown although the filter would hide them.
    expect(await newLabels(page)).toHaveLength(2);
  });
});
