import { expect, it } from 'vitest';
import { graphTaskIds } from '../../../functions/actions/needs-graph.ts';
import { PushLabels } from '../../../functions/actions/push-labels.ts';
import { newTaskId } from '../../../functions/tasks/task-id.ts';
import { action, DECISION, id } from '../fixtures.ts';
import { add, emptyPush, readerOf } from './memory-push.ts';

it('knows the taskIds that the graph gives to labels, be they cut, or still without a task', async () => {
  const cut = 'l'.repeat(139);
  const memory = emptyPush();
  add(memory, id('task0'), `${cut}-and-more`);
  const push = await PushLabels.read(readerOf(memory), DECISION);
  if (!push) throw new Error('the push has no labels');
  const request = { kind: 'labels' as const, requests: [{ labels: ['new', cut], times: 2 }] };
  const asked = action(request);
  expect(graphTaskIds(asked, request, push)).toStrictEqual([
    [newTaskId(asked.id, '0-0', 'new', 1), newTaskId(asked.id, '0-0', `${cut}-and-more`, 1)],
  ]);
  expect(graphTaskIds(asked, { kind: 'task', taskId: id('task0'), times: 1 }, push)).toStrictEqual([]);
});
