import { describe, expect, it } from 'vitest';
import type { Action } from '../../../functions/actions/plan.ts';
import { newTaskId } from '../../../functions/tasks/task-id.ts';
import { id, NOW, status } from '../fixtures.ts';
import { attempt, broken, forbidden, lost, type Failures } from './attempt.ts';
import { graphPush } from './graph-push.ts';

const ofLabel = (label: string, round = '0') => newTaskId(id('action'), round, label, 1);
const [image, build, test] = [ofLabel('image'), ofLabel('build-mac/opt'), ofLabel('test-mac/opt-1')];
const asked: Action['request'] = { kind: 'new-jobs', labels: ['test-mac/opt-1', 'source-lint'], times: 1 };

const act = (options: Parameters<typeof attempt>[0] = {}) =>
  attempt({ push: graphPush(), asked, ...options });
const created = (written: string[]) => written.map((call) => call.replace('createTask ', ''));
const results = ({ outcome }: Awaited<ReturnType<typeof act>>) =>
  Object.fromEntries(
    outcome.items
      .filter(({ label }) => label !== 'cut')
      .map(({ label, result, reason }) => [label, result === 'refused' ? reason : result]),
  );
const failing = (failures: Failures, others: Parameters<typeof attempt>[0] = {}) =>
  act({ failures, ...others });

describe('new jobs', () => {
  it('are made after what they need, with what was requested reported first', async () => {
    const { written, outcome, push } = await act();
    const order = created(written);
    expect(order.indexOf(image)).toBeLessThan(order.indexOf(build));
    expect(order.indexOf(build)).toBeLessThan(order.indexOf(test));
    expect(outcome.items.slice(0, 2).map(({ label }) => label)).toEqual(['source-lint', 'test-mac/opt-1']);
    expect(outcome.items.find(({ label }) => label === 'image')).toEqual({
      label: 'image',
      copy: 1,
      newTaskId: image,
      result: 'created',
      reason: 'it is needed, but neither the push nor the index has it',
    });
    expect(push.tasks.get(test)).toMatchObject({ created: NOW.toISOString(), dependencies: [build] });
  });

  it('are skipped if they depend on a refused one, while the others are made', async () => {
    const attempted = await failing({ [image]: forbidden });
    expect(results(attempted)).toEqual({
      image: 'createTask: InsufficientScopes: no scopes',
      'build-mac/opt': 'skipped, because image was refused',
      'test-mac/opt-1': 'skipped, because image was refused',
      'source-lint': 'created',
    });
    const skipped = attempted.outcome.items.find(({ label }) => label === 'build-mac/opt');
    expect(skipped && Object.keys(skipped)).toEqual(['label', 'copy', 'result', 'reason']);
    expect(new Set(created(attempted.written))).toEqual(new Set([image, ofLabel('source-lint')]));
    expect(attempted.said.map(([{ label }]) => label)).toContain('test-mac/opt-1');
  });

  it('are made even if an answer was lost on the way', async () => {
    const attempted = await failing({ [image]: lost }, { arrives: true });
    expect(results(attempted)).toMatchObject({ image: 'created', 'test-mac/opt-1': 'created' });
    expect(attempted.written).toHaveLength(4);
  });

  it('are skipped if it is not known whether one that they need was made', async () => {
    const attempted = await failing({ [image]: lost }, { readable: false });
    expect(results(attempted)).toMatchObject({
      image: 'unknown',
      'build-mac/opt': 'skipped, because it is not known whether image was created',
    });
  });

  it('are looked up at the end, all at once, if nothing depends on them', async () => {
    const attempted = await failing({ [test]: broken, [ofLabel('source-lint')]: broken });
    expect(results(attempted)).toMatchObject({ 'test-mac/opt-1': expect.stringContaining('broken') });
    expect(attempted.reads.filter((read) => read.startsWith('statuses'))).toHaveLength(1);
  });

  it('are not made again by a second attempt, which continues where the first one ended', async () => {
    const push = graphPush();
    await failing({ [build]: forbidden }, { push, changes: { parent: id('parent') } });
    push.statuses.set(image, status(image));
    const { written, outcome } = await act({ push, changes: { parent: id('parent'), repeated: true } });
    expect(new Set(created(written))).toEqual(new Set([build, test]));
    expect(outcome.items.filter(({ earlier }) => earlier).map(({ label }) => label)).toEqual([
      'source-lint',
      'image',
    ]);
  });
});
