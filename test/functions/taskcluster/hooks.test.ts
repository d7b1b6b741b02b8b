import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TaskclusterClient } from '../../../functions/taskcluster/client.ts';
import { TaskclusterHooks } from '../../../functions/taskcluster/hooks.ts';
import type { TaskStatus } from '../../../functions/tasks/definition.ts';
import { startServer, type LocalServer } from '../../support/local-server.ts';
import { id, status } from '../fixtures.ts';

const HOOK = { hookGroupId: 'project-gecko', hookId: 'in-tree-action-3-generic/0123456789/full' };
const TASK = id('a');

/** Statuses of the next answers, or errors 400 with these words; a negative one breaks off. Then all is well. */
let answers: (number | string)[];
/** Called when a trigger arrives. */
let onTrigger: () => void;
/** The taskId in each payload that was sent. */
let sent: unknown[];
/** What the queue knows when it is asked. */
let known: Map<string, TaskStatus>;
let looks: number;
let server: LocalServer;

beforeEach(async () => {
  answers = [];
  sent = [];
  known = new Map();
  looks = 0;
  onTrigger = () => undefined;
  server = await startServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (body !== '') {
        sent.push(JSON.parse(body).taskId);
        onTrigger();
      }
      const next = answers.shift() ?? 200;
      const [code, message] = typeof next === 'string' ? [400, next] : [next, 'words'];
      if (code < 0) return response.destroy();
      const error = { code: code === 404 ? 'ResourceNotFound' : 'Some', message };
      const answer = code === 200 ? { taskId: TASK } : error;
      return response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
});
afterEach(() => server.close());

function hooks(): TaskclusterHooks {
  const client = new TaskclusterClient({
    rootUrl: server.url,
    retry: { tries: 1, firstDelayMs: 0, share: 1 },
  });
  return new TaskclusterHooks(client, {
    statuses: async () => {
      looks++;
      return known;
    },
  });
}

describe('a hook', () => {
  it.each([
    [200, true],
    [404, false],
    [403, true],
  ])('whose definition answers with %i exists: %s', async (code, exists) => {
    answers = [code];
    expect(await hooks().exists(HOOK)).toBe(exists);
  });

  it('may exist or not if the service fails', async () => {
    answers = [500];
    await expect(hooks().exists(HOOK)).rejects.toMatchObject({ statusCode: 500 });
  });
});

describe('a trigger with a taskId', () => {
  it('is sent once if it is answered', async () => {
    expect(await hooks().triggerHook(HOOK, {}, TASK)).toStrictEqual({
      taskId: TASK,
      status: { taskId: TASK },
    });
    expect({ sent, looks }).toStrictEqual({ sent: [TASK], looks: 0 });
  });

  it('is not sent again if its task is there, although no answer came', async () => {
    answers = [-1];
    known = new Map([[TASK, status(TASK)]]);
    expect(await hooks().triggerHook(HOOK, {}, TASK)).toStrictEqual({
      taskId: TASK,
      status: { taskId: TASK },
    });
    expect(sent).toStrictEqual([TASK]);
  });

  it('is sent again with the same taskId if no answer came and its task is not there', async () => {
    answers = [-1];
    await hooks().triggerHook(HOOK, {}, TASK);
    expect({ sent, looks }).toStrictEqual({ sent: [TASK, TASK], looks: 1 });
  });

  it('is sent without it to a hook that does not take one', async () => {
    answers = [400];
    await hooks().triggerHook(HOOK, {}, TASK);
    expect(sent).toStrictEqual([TASK, undefined]);
  });

  it('is never sent without it after one that got no answer', async () => {
    answers = [-1, 400];
    await expect(hooks().triggerHook(HOOK, {}, TASK)).rejects.toMatchObject({
      statusCode: 400,
      unanswered: true,
    });
    expect(sent).toStrictEqual([TASK, TASK]);
  });

  it('is sent again with the same taskId if the hooks service could not do it', async () => {
    answers = ['While firing hook:\n\nRequestError: read ECONNRESET'];
    await hooks().triggerHook(HOOK, {}, TASK);
    expect({ sent, looks }).toStrictEqual({ sent: [TASK, TASK], looks: 1 });
  });

  it('is found if the hooks service could not do it twice, as the queue had done it the first time', async () => {
    answers = [
      'While firing hook:\n\nRequestError: read ECONNRESET',
      'While calling createTask: RequestConflict\n\ntaken',
    ];
    onTrigger = () => {
      if (sent.length === 2) known = new Map([[TASK, status(TASK)]]);
    };
    expect(await hooks().triggerHook(HOOK, {}, TASK)).toStrictEqual({
      taskId: TASK,
      status: { taskId: TASK },
    });
    expect(sent).toStrictEqual([TASK, TASK]);
  });

  it('says why the queue refused the task, and not that the hook has fired with its taskId before', async () => {
    answers = [
      'While calling createTask: RequestConflict\n\nthe task group is sealed',
      'While firing hook:\n\nerror: duplicate key value violates unique constraint',
    ];
    await expect(hooks().triggerHook(HOOK, {}, TASK)).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('sealed'),
    });
    expect(sent).toStrictEqual([TASK, TASK]);
  });

  it('is given up if the hooks service fails twice in the same way', async () => {
    answers = Array.from({ length: 3 }, () => 'While firing hook:\n\nInterpreterError: unknown value');
    await expect(hooks().triggerHook(HOOK, {}, TASK)).rejects.toMatchObject({
      statusCode: 400,
      unanswered: false,
    });
    expect(sent).toStrictEqual([TASK, TASK]);
  });

  it('that is not allowed has made nothing, so there is nothing to look for', async () => {
    answers = [403];
    await expect(hooks().triggerHook(HOOK, {}, TASK)).rejects.toMatchObject({
      statusCode: 403,
      unanswered: false,
    });
    expect({ sent, looks }).toStrictEqual({ sent: [TASK], looks: 0 });
  });

  it('finds no hook', async () => {
    answers = [404];
    expect(await hooks().triggerHook(HOOK, {}, TASK)).toBeUndefined();
  });
});

describe('a trigger without a taskId', () => {
  it.each([
    [500, true],
    [503, true],
    [-1, true],
    // Refused before anything is done.
    [429, false],
    [403, false],
    [400, false],
  ])('is sent once; answered with %i it may have taken effect: %s', async (code, unanswered) => {
    answers = [code];
    await expect(hooks().triggerHook(HOOK, {})).rejects.toMatchObject({ unanswered });
    expect(sent).toStrictEqual([undefined]);
  });
});
