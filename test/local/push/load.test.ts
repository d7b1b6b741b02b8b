import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generatePush } from '../../../local/push/generate.ts';
import { PushFormatError, readPushDir } from '../../../local/push/load.ts';
import { inTreeActionHook } from '../../../local/push/taskcluster-yml.ts';

const push = generatePush({
  size: 50,
  rootUrl: 'http://127.0.0.1:8080',
  now: new Date('2026-11-22T12:00:00.123Z'),
});
const ofDecision = push.artifacts[push.decisionTaskId] ?? {};
// It is made on request, unlike one that is read from a file.
delete ofDecision['public/full-task-graph.json'];
const others = Object.fromEntries(
  Object.entries(push.artifacts).filter(([taskId]) => taskId !== push.decisionTaskId),
);
const aTask = Object.keys(push.tasks).find((taskId) => taskId !== push.decisionTaskId) ?? '';

const files = (): Record<string, unknown> => ({
  'queue.json': push.tasks,
  'index.json': push.index,
  'meta.json': { decision: push.decisionTaskId, name: 'small' },
  'label-to-taskid.json': ofDecision['public/label-to-taskid.json'],
  'parameters.json': ofDecision['public/parameters.yml'],
  'actions.json': ofDecision['public/actions.json'],
  'extra-artifacts.json': others,
});

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'push-'));
});
afterEach(() => rm(dir, { recursive: true }));

const write = async (content: Record<string, unknown>): Promise<void> => {
  for (const [file, value] of Object.entries(content)) {
    if (value === undefined) continue;
    await writeFile(join(dir, file), typeof value === 'string' ? value : JSON.stringify(value));
  }
};

it('reads what was written', async () => {
  await write(files());
  expect(await readPushDir(dir)).toStrictEqual(push);
});

it('makes actions.json for the hook of the push if there is none', async () => {
  await write({ ...files(), 'actions.json': undefined });
  const read = await readPushDir(dir);
  expect(read.artifacts[push.decisionTaskId]?.['public/actions.json']).toMatchObject({
    version: 1,
    actions: expect.arrayContaining([
      expect.objectContaining({
        name: 'retrigger-multiple',
        context: [],
        ...inTreeActionHook(3, 'generic'),
        hookPayload: expect.objectContaining({
          decision: expect.objectContaining({
            repository: expect.objectContaining({ project: 'autoland', level: '3' }),
          }),
        }),
      }),
    ]),
  });
});

it('loads a graph if there is one, and needs neither that nor extra artifacts', async () => {
  await write({ ...files(), 'extra-artifacts.json': undefined, 'full-task-graph.json': { a: 1 } });
  const read = await readPushDir(dir);
  expect(Object.keys(read.artifacts)).toStrictEqual([push.decisionTaskId]);
  expect(read.artifacts[push.decisionTaskId]?.['public/full-task-graph.json']).toStrictEqual({ a: 1 });
});

describe('names the file and the field that is wrong', () => {
  const broken: [string, Record<string, unknown>, RegExp][] = [
    ['no queue', { 'queue.json': undefined }, /^queue\.json: there is no such file in /],
    ['no meta', { 'meta.json': undefined }, /^meta\.json: there is no such file/],
    ['no labels', { 'label-to-taskid.json': undefined }, /^label-to-taskid\.json: there is no such file/],
    ['no index', { 'index.json': undefined }, /^index\.json: there is no such file/],
    ['not JSON', { 'index.json': '{' }, /^index\.json: not JSON: /],
    ['a list', { 'queue.json': [] }, /^queue\.json: must be an object$/],
    ['a bad taskId', { 'queue.json': { x: {} } }, /^queue\.json: x: not a taskId$/],
    [
      'a bad task',
      { 'queue.json': { [aTask]: 1 } },
      new RegExp(`^queue\\.json: ${aTask}: must be an object`),
    ],
    [
      'no label',
      { 'queue.json': { [aTask]: { task: {}, state: 'failed' } } },
      /^queue\.json: .{22}\.label: /,
    ],
    [
      'no definition',
      { 'queue.json': { [aTask]: { label: '', state: 'failed' } } },
      /^queue\.json: .{22}\.task: /,
    ],
    [
      'a bad state',
      { 'queue.json': { [aTask]: { label: '', task: {}, state: 'odd' } } },
      /\.state: must be one of /,
    ],
    ['no decision', { 'meta.json': {} }, /^meta\.json: decision: must be a taskId$/],
    [
      'a strange decision',
      { 'meta.json': { decision: 'x' } },
      /^meta\.json: decision: task x is not in queue\.json$/,
    ],
    ['a bad label', { 'label-to-taskid.json': { a: 1 } }, /^label-to-taskid\.json: a: must be a taskId$/],
    [
      'an unknown task',
      { 'index.json': { 'a.b': 'x' } },
      /^index\.json: a\.b: task x is not in queue\.json$/,
    ],
    [
      'artifacts of no task',
      { 'extra-artifacts.json': { x: {} } },
      /^extra-artifacts\.json: x: the task is not in/,
    ],
    [
      'bad artifacts',
      { 'extra-artifacts.json': { [aTask]: 1 } },
      /^extra-artifacts\.json: .{22}: must be an object/,
    ],
    ['bad actions', { 'actions.json': '[]' }, /^actions\.json: must be an object$/],
  ];
  it.each(broken)('%s', async (_, change, message) => {
    await write({ ...files(), ...change });
    const failure = await readPushDir(dir).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PushFormatError);
    expect(failure).toHaveProperty('message', expect.stringMatching(message));
  });

  it.each([
    ['schedulerId', { schedulerId: 'taskcluster-github' }],
    ['routes', { routes: [] }],
    ['payload.env', { payload: {} }],
  ])(
    'a decision task whose %s does not tell the push, when actions.json has to be made',
    async (field, change) => {
      const decision = push.tasks[push.decisionTaskId];
      const queue = {
        ...push.tasks,
        [push.decisionTaskId]: { ...decision, task: { ...decision?.task, ...change } },
      };
      await write({ ...files(), 'actions.json': undefined, 'queue.json': queue });
      await expect(readPushDir(dir)).rejects.toThrow(`queue.json: ${push.decisionTaskId}.task: ${field}: `);
    },
  );
});

it('says what is missing if it is given a file', async () => {
  await expect(readPushDir('package.json')).rejects.toThrow(
    'queue.json: there is no such file in package.json',
  );
});
