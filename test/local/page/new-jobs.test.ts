import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { unscheduledTest } from '../../../local/new-job.ts';
import { hasBrowser } from './browser.ts';
import { outcome, PageSession, triggers, violations } from './session.ts';

let session: PageSession;

describe.skipIf(!hasBrowser)('the page’s button for new jobs', () => {
  beforeAll(async () => {
    session = await PageSession.start();
  });
  afterEach(() => session.closePages());
  afterAll(() => session?.stop(), 30_000);

  it('adds a job that the push has not run', async () => {
    const label = unscheduledTest(session.environment.push) ?? '';
    const page = await session.open();
    await page.getByRole('button', { name: 'Add new jobs…' }).click();
    const dialog = page.getByRole('dialog');
    // The list comes a moment after the dialog.
    await page.locator(`#new-labels option[value="${label}"]`).waitFor({ state: 'attached' });
    expect(await violations(page)).toEqual([]);
    await dialog.getByLabel('Job that this push has not run').fill(label);
    await dialog.getByRole('button', { name: 'Add' }).click();
    expect(await outcome(page)).toMatch(
      /^1 new job, shown as pending \d+ ms after the click, the direct way\.$/,
    );
    expect(await page.locator(`[role=option][aria-label*="${label},"]`).count()).toBe(1);
    expect(session.problems).toEqual([]);
  });

  it('sends nothing if the developer cancels, or names a job that the push does not have', async () => {
    const page = await session.open();
    session.environment.taskcluster.clearCalls();
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Add new jobs…' }).click();
    await dialog.getByRole('button', { name: 'Go back' }).click();
    await page.getByRole('button', { name: 'Add new jobs…' }).click();
    await dialog.getByLabel('Job that this push has not run').fill('no-such-job');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await page.locator('#live').getByText('This push has no job no-such-job that was not run.').waitFor();
    expect(triggers(session.environment)).toBe(0);
  });
});
