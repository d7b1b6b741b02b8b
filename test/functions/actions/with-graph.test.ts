import { expect, it } from 'vitest';
import { noWork } from '../../../functions/actions/plan.ts';
import { withGraph } from '../../../functions/actions/with-graph.ts';
import { GraphError } from '../../../functions/graph/task-graph.ts';
import { Uncertain } from '../../../functions/graph/uncertain.ts';
import { MemoryGraph } from '../../support/memory-graph.ts';
import { failedCall } from '../fixtures.ts';

const graph = new MemoryGraph({});
const plan = async () => noWork();

it('plans by the graph', async () => {
  const asked: unknown[] = [];
  const planned = await withGraph(Promise.resolve(graph), async (given) => {
    asked.push(given);
    return noWork();
  });
  expect(planned).toStrictEqual(noWork());
  expect(asked).toStrictEqual([graph]);
});

it('forwards if there is none', async () => {
  expect(await withGraph(Promise.resolve(undefined), plan)).toStrictEqual({
    kind: 'forward',
    because: 'graph',
    reason: 'the decision task has no public/full-task-graph.json that we can read',
  });
});

it.each<[string, Error, string]>([
  ['a graph that is none', new GraphError('malformed', 'oh'), 'graph'],
  ['an uncertainty', new Uncertain('oh'), 'uncertain'],
])('forwards for %s, met while reading or planning', async (_what, error, because) => {
  const forwarded = { kind: 'forward', because, reason: 'oh' };
  expect(await withGraph(Promise.reject(error), plan)).toStrictEqual(forwarded);
  expect(await withGraph(Promise.resolve(graph), () => Promise.reject(error))).toStrictEqual(forwarded);
});

it.each<[unknown]>([[failedCall('artifact', 500)], [new TypeError('oh')]])(
  'does not hide %s',
  async (reason) => {
    await expect(withGraph(Promise.reject(reason), plan)).rejects.toBe(reason);
  },
);
