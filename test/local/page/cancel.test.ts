import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from './browser.ts';
import { outcome, PageSession, triggers, violations } from './session.ts';

let session: PageSession;
const OPEN = ['unscheduled', 'pending', 'running']
  .map((state) => `[role=option][data-state=${state}]`)
  .join();

describe.skipIf(!hasBrowser)('the page’s cancel buttons', () => {
  beforeAll(async () => {
    session = await PageSession.start();
  });
  afterEach(() => session.closePages());
  afterAll(() => session?.stop(), 30_000);

  it('cancel the selected job', async () => {
    const page = await session.open();
    const job = page.locator('[role=option][data-state=pending][aria-label*=", test-"]').first();
    await job.click();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    expect(await outcome(page)).toMatch(/^1 canceled, shown \d+ ms after the click, the direct way\.$/);
    expect(await page.locator('[data-state=exception][aria-label*=" canceled +"]').count()).toBe(1);
    // There is nothing left to cancel.
    session.environment.taskcluster.clearCalls();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    expect(await page.locator('#live').textContent()).toBe('The selected jobs have already ended.');
    expect(triggers(session.environment)).toBe(0);
  });

  it('cancel several selected jobs, the queued way', async () => {
    const page = await session.open();
    const waiting = page.locator('[role=option][data-state=unscheduled]');
    await waiting.nth(0).click();
    await waiting.nth(1).click({ modifiers: ['Control'] });
    await page.getByLabel('queued').check();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    expect(await outcome(page)).toMatch(/^2 canceled, shown \d+ ms after the click, the queued way\.$/);
  });

  it('ask with the number of jobs, and cancel everything, the queued way', async () => {
    const page = await session.open();
    const jobs = await page.locator(OPEN).count();
    await page.getByLabel('queued').check();
    await page.getByRole('button', { name: 'Cancel all…' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.textContent()).toContain(
      `Cancel everything in this push that has not ended: ${jobs} jobs (`,
    );
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: `Cancel ${jobs} jobs` }).click();
    expect(await outcome(page)).toMatch(/^\d+ canceled, shown \d+ ms after the click, the queued way\.$/);
    await expect.poll(() => page.locator(OPEN).count()).toBe(0);
    expect(session.problems).toEqual([]);
  });
});
