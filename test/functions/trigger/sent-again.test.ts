import { describe, expect, it } from 'vitest';
import type { Push } from '../../../local/push/push.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { at } from '../../support/json.ts';
import { aTest } from '../../support/push-tasks.ts';
import { payloadOf, post, requestsPayload, sign } from '../../support/requests.ts';
import { isFullAction, tasksInGroup } from '../../support/task-group.ts';

const way = useDirectWay();

interface Answer {
  status: number;
  answer: unknown;
}

/** Sends one request as often as this, as Treeherder's client does after a 5xx: it signs it once. */
async function send(payload: object, tries: number): Promise<Answer[]> {
  const again = signed(payload);
  const answers: Answer[] = [];
  for (let attempt = 1; attempt <= tries; attempt++) answers.push(await again());
  return answers;
}

/** A request, signed so long ago, that can be sent again and again. */
function signed(payload: object, secondsAgo = 0): () => Promise<Answer> {
  const request = { body: JSON.stringify(payload) };
  const timestamp = Math.floor(Date.now() / 1000) - secondsAgo;
  const authorization = sign(way(), { ...request, timestamp });
  return async () => {
    const response = await post(way(), { ...request, authorization });
    return { status: response.status, answer: await response.json() };
  };
}

const fresh = async (push: Push) =>
  (await tasksInGroup(way().tc, push.decisionTaskId)).filter(({ taskId }) => !(taskId in push.tasks));
const retriggerTwice = (push: Push) => requestsPayload(push, [{ tasks: [aTest(push).label], times: 2 }]);

describe('a request that the client sends again', () => {
  it('creates nothing twice and has the same answer', async () => {
    const push = way().newPush();
    const [first, second] = await send(retriggerTwice(push), 2);
    expect(first?.status).toBe(200);
    expect(second).toStrictEqual(first);
    expect(await fresh(push)).toHaveLength(2);
  });

  it('creates what the first try did not', async () => {
    const push = way().newPush();
    way().tc.setFaults([{ method: 'createTask', nth: 2, status: 400 }]);
    const [first, second] = await send(retriggerTwice(push), 2);
    expect([first?.status, second?.status]).toEqual([400, 200]);
    expect(await fresh(push)).toHaveLength(2);
  });

  it('is forwarded once', async () => {
    const push = way().newPush();
    const { taskId } = aTest(push);
    const [first, second] = await send(payloadOf(push, 'create-interactive', { taskId, input: {} }), 2);
    expect(first?.status).toBe(200);
    expect(at(second?.answer, 'status', 'taskId')).toBe(at(first?.answer, 'status', 'taskId'));
    expect((await fresh(push)).filter(isFullAction)).toHaveLength(1);
  });

  it('is forwarded once, also if it cannot be read what has taken the taskId', async () => {
    const push = way().newPush();
    const { taskId } = aTest(push);
    // The first try needs no statuses.
    way().tc.setFaults([{ method: 'statuses', status: 503, times: 999 }]);
    const [, second] = await send(payloadOf(push, 'create-interactive', { taskId, input: {} }), 2);
    const [made, ...more] = (await fresh(push)).filter(isFullAction);
    expect(more).toStrictEqual([]);
    expect(second?.status).toBe(400);
    expect(at(second?.answer, 'message')).toContain(`may or may not be running as ${made?.taskId}`);
  });
});

describe('a request that the client sends again some seconds later', () => {
  const LATER = 6;

  it('is not performed if the first try could not read and was forwarded', async () => {
    const push = way().newPush();
    const again = signed(retriggerTwice(push), LATER);
    way().tc.setFaults([{ method: 'statuses', status: 503, times: 3 }]);
    const first = await again();
    expect(first.status).toBe(200);
    expect(await again()).toStrictEqual(first);
    const made = await fresh(push);
    expect(made).toHaveLength(1);
    expect(made.every(isFullAction)).toBe(true);
  });

  it('is not looked at if everything is switched off, since a clock that is behind looks the same', async () => {
    const push = way().newPush();
    way().deploy({ killSwitch: new Set(['gecko-3']) });
    expect((await signed(retriggerTwice(push), LATER)()).status).toBe(200);
    const made = await fresh(push);
    expect(made).toHaveLength(1);
    expect(made.every(isFullAction)).toBe(true);
    expect(['statuses', 'listTasks', 'tasks'].flatMap((method) => way().calls(method))).toStrictEqual([]);
  });
});

it('runs a task twice for two clicks', async () => {
  const push = way().newPush();
  await send(retriggerTwice(push), 1);
  await send(retriggerTwice(push), 1);
  expect(await fresh(push)).toHaveLength(4);
});
