import { expect, it } from 'vitest';
import { useQueuedWay } from '../support/queued-way.ts';
import { aBuild, aTest, change } from '../support/push-tasks.ts';
import { loadReferences } from './references.ts';

const way = useQueuedWay({ recordResponses: true });
const references = loadReferences();

it('follows the published references from the click to the resolved action task', async () => {
  const push = way().newPush((fresh) =>
    change(fresh, aTest(fresh, 'completed').taskId, { task: { scopes: ['secrets:get:of/somebody/else'] } }),
  );
  way().tc.clearCalls();
  // A clone, a rerun, a refusal and a forward: everything that the worker's credentials are used for.
  await way().press(push, [aTest(push, 'failed').label, aBuild(push, 'failed').label], 2);
  await way().press(push, [aTest(push, 'completed').label]);
  await way().press(push, ['no-such-label']);
  await way().custom(push, 'rerun', aBuild(push, 'completed').taskId);
  await way().press(push, [aBuild(push, 'completed').label]);
  await way().work();
  const calls = way()
    .tc.calls()
    .filter(({ service }) => service !== 'artifact-data');
  const methods = new Set(calls.map(({ method }) => method));
  for (const method of [
    'triggerHook',
    'claimWork',
    'createTask',
    'rerunTask',
    'createArtifact',
    'reportCompleted',
    'reportFailed',
  ]) {
    expect(methods).toContain(method);
  }
  expect(calls.flatMap((call) => references.checkCall(call, call.response))).toEqual([]);
});
