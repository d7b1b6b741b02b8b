import { describe, expect, it } from 'vitest';
import { allFast, canceledBy, takeAllIn } from '../support/canceling.ts';
import { DirectWay } from '../support/direct-way.ts';
import { QueuedWay } from '../support/queued-way.ts';
import { cancelCase, cancelCases } from '../support/recorded-cancel-case.ts';
import { payloadOf, trigger } from '../support/requests.ts';
import { loadReferences } from './references.ts';

const references = loadReferences();
const cases = await cancelCases();

const breaches = ({ tc }: DirectWay | QueuedWay): string[] =>
  tc
    .calls()
    .filter(({ service, status }) => !['functions', 'artifact-data'].includes(service) && status < 400)
    .flatMap((call) => references.checkCall(call, call.response));

describe('what taskgraph cancels, we cancel directly:', () => {
  it.each(cases)('%s', async (name) => {
    const way = await DirectWay.start();
    try {
      const { callback, input, taskId, push, faults, canceled } = await cancelCase(name, new Date());
      way.tc.loadPush(push);
      way.deploy(allFast);
      way.tc.setFaults(faults);
      const said = await trigger(way, payloadOf(push, callback, { input, taskId })).then(
        () => 'canceled',
        (error: unknown) => String(error),
      );
      // The user is told what was refused, and what needed no canceling.
      const allDone = canceled.every((answer) => answer.endsWith(' 200'));
      expect(said).toMatch(allDone ? /^canceled$/ : /not canceled:|nothing to cancel/);
      expect(canceledBy(way.calls('cancelTask')).toSorted()).toStrictEqual(canceled);
      expect(breaches(way)).toStrictEqual([]);
      way.expectNoErrors();
    } finally {
      await way.stop();
    }
  });
});

describe('what taskgraph cancels, an action task cancels:', () => {
  it.each(cases)('%s', async (name) => {
    const way = await QueuedWay.start({ recordResponses: true });
    try {
      await takeAllIn(way);
      const { callback, input, taskId, push, faults, canceled } = await cancelCase(name, new Date());
      way.tc.loadPush(push);
      await way.trigger(payloadOf(push, callback, { input, taskId }));
      way.tc.setFaults(faults);
      const refused = canceled.some((answer) => answer.endsWith(' 403'));
      expect(await way.work(allFast)).toMatchObject(refused ? { failed: 1 } : { completed: 1 });
      expect(canceledBy(way.calls('cancelTask')).toSorted()).toStrictEqual(canceled);
      expect(breaches(way)).toStrictEqual([]);
      way.expectNoErrors();
    } finally {
      await way.tc.close();
    }
  });
});
