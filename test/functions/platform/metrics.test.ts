import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { METRIC_NAMESPACE, METRICS } from '../../../functions/platform/metric-declarations.ts';
import { Metrics } from '../../../functions/platform/metrics.ts';
import { isObject } from '../../../functions/tasks/shapes.ts';
import { allFast } from '../../support/canceling.ts';
import { at } from '../../support/json.ts';
import { aBuild, aTest } from '../../support/push-tasks.ts';
import {
  genericHook,
  payloadOf,
  refusal,
  requestsPayload,
  retrigger,
  trigger,
} from '../../support/requests.ts';
import { Observed } from './observed.ts';

let observed: Observed;
beforeAll(async () => {
  observed = await Observed.start();
});
beforeEach(() => observed.reset());
afterAll(() => observed.way.stop());

/** Values of one metric in all lines. */
function values(name: string, dimensions: Record<string, string> = {}): unknown[] {
  return observed
    .metrics()
    .filter((line) => Object.entries(dimensions).every(([key, value]) => line[key] === value))
    .flatMap((line) => (name in line ? [line[name]] : []))
    .flat();
}

describe('the metrics of the direct way', () => {
  it('count a clone and time it', async () => {
    const push = observed.way.newPush();
    await retrigger(observed.way, push, [aTest(push, 'failed').label], 2);
    expect(values('Clones', { service: 'trigger', stage: 'test' })).toEqual([2]);
    expect(values('ClickToPending')).toEqual([expect.any(Number)]);
    expect(values('ColdStarts')).toEqual([1]);
    expect(values('Reruns')).toEqual([]);
    // Every request of this action to the services, but none of Treeherder's.
    const ours = observed.way.tc
      .calls()
      .filter(({ clientId, service }) => service !== 'artifact-data' && clientId?.includes('/retrigger/'));
    expect(values('ApiCallsPerAction')).toEqual([ours.length]);
  });

  it('count a rerun, and an item that is refused', async () => {
    const push = observed.way.newPush();
    const labels = [aBuild(push, 'failed').label, aTest(push).label];
    observed.way.tc.setFaults([{ method: 'createTask', status: 403 }]);
    await refusal(trigger(observed.way, requestsPayload(push, [{ tasks: labels }])));
    expect(values('Reruns')).toEqual([1]);
    expect(values('RefusedItems')).toEqual([1]);
  });

  it('count an item with nothing to do', async () => {
    const push = observed.way.newPush();
    const build = aBuild(push, 'completed');
    await refusal(retrigger(observed.way, push, [build.label]));
    expect(values('Noops')).toEqual([1]);
    expect(values('ClickToPending')).toEqual([]);
  });

  it('count a forward by its reason', async () => {
    const push = observed.way.newPush();
    const { taskId } = aTest(push, 'failed');
    const payload = payloadOf(push, 'retrigger', { taskId, input: { downstream: true } });
    await trigger(observed.way, payload, { hook: genericHook });
    expect(values('Forwards', { reason: 'not-listed' })).toEqual([1]);
  });

  it('count a failure', async () => {
    const push = observed.way.newPush();
    observed.way.tc.setFaults([{ method: 'authenticateHawk', status: 500, times: 10 }]);
    await refusal(trigger(observed.way, requestsPayload(push, [{ tasks: ['x'] }])));
    expect(values('Failures')).toEqual([1]);
  });
});

describe('the metrics of the queued way', () => {
  it('count polls, clones and the oldest action task', async () => {
    const push = observed.way.newPush();
    await observed.pressQueued(push, [aTest(push, 'failed').label]);
    await observed.runWorker();
    expect(values('Clones', { service: 'worker' })).toEqual([1]);
    expect(values('ClickToPending', { service: 'worker' })).toEqual([expect.any(Number)]);
    expect(values('ApiCallsPerAction', { service: 'worker' })).toEqual([expect.any(Number)]);
    expect(values('PollHeartbeat')).toHaveLength(1);
    // One value per poll.
    expect(values('OldestPendingActionTask')[0]).toEqual(expect.any(Number));
  });
});

it('emits every declared metric with its declared unit and dimensions', async () => {
  const push = observed.way.newPush();
  const { label, taskId } = aTest(push, 'failed');
  await retrigger(observed.way, push, [label]);
  observed.way.tc.setFaults([{ method: 'createTask', status: 403 }]);
  await refusal(
    trigger(observed.way, requestsPayload(push, [{ tasks: [aBuild(push, 'failed').label, label] }])),
  );
  await refusal(retrigger(observed.way, push, [aBuild(push, 'completed').label]));
  await trigger(observed.way, payloadOf(push, 'retrigger', { taskId, input: { downstream: true } }));
  observed.deployTrigger(allFast);
  await trigger(observed.way, payloadOf(push, 'cancel-all', { input: {} }));
  await observed.runWorker();
  observed.way.tc.setFaults([{ method: 'claimWork', status: 503 }]);
  await observed.runWorker();
  observed.way.tc.setFaults([{ method: 'authenticateHawk', status: 500, times: 10 }]);
  await refusal(trigger(observed.way, requestsPayload(push, [{ tasks: ['x'] }])));

  const emitted = observed.metrics().flatMap((line) => emfGroups(line));
  expect(new Set(emitted.map(({ namespace }) => namespace))).toEqual(new Set([METRIC_NAMESPACE]));
  const found = emitted.map(({ name, unit, dimensions }): [string, unknown] => [name, { unit, dimensions }]);
  const declared = Object.entries(METRICS).map(([name, { unit }]): [string, unknown] => [
    name,
    { unit, dimensions: ['service', 'stage', ...(name === 'Forwards' ? ['reason'] : [])] },
  ]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(declared));
});

/** The line's metadata: CloudWatch makes metrics only from this. */
function emfGroups(line: Record<string, unknown>): EmfGroup[] {
  const groups = at(line, '_aws', 'CloudWatchMetrics');
  return recordsIn(groups).flatMap(({ Namespace, Dimensions, Metrics: measured }) =>
    recordsIn(measured).map(({ Name, Unit }) => ({
      namespace: Namespace,
      name: String(Name),
      unit: Unit,
      dimensions: Array.isArray(Dimensions) ? Dimensions[0] : undefined,
    })),
  );
}

interface EmfGroup {
  namespace: unknown;
  name: string;
  unit: unknown;
  dimensions: unknown;
}

function recordsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

describe('Metrics', () => {
  it('puts no more values into a line than CloudWatch accepts, and loses none', async () => {
    const lines: string[] = [];
    const metrics = new Metrics('worker', 'test', (line) => lines.push(line));
    for (let n = 0; n < 250; n++) metrics.sink('info', { event: 'action-done', sinceClickMs: n, created: 2 });
    await metrics.flush();
    const found = lines.flatMap((line) => at(JSON.parse(line), 'ClickToPending') ?? []);
    expect(found).toEqual(Array.from({ length: 250 }, (_, n) => n));
    for (const line of lines)
      expect([at(JSON.parse(line), 'ClickToPending') ?? []].flat().length).toBeLessThan(101);
    expect(lines.map((line) => at(JSON.parse(line), 'Clones')).filter(Boolean)).toEqual([500]);
  });

  it('writes each value once', async () => {
    const lines: string[] = [];
    const metrics = new Metrics('worker', 'test', (line) => lines.push(line));
    metrics.sink('info', { event: 'polled' });
    await metrics.flush();
    await metrics.flush();
    expect(lines).toHaveLength(1);
  });
});
