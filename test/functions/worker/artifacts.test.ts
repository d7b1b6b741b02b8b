import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { ItemOutcome } from '../../../functions/actions/outcome.ts';
import type { Result } from '../../../functions/actions/perform.ts';
import { noWork } from '../../../functions/actions/plan.ts';
import { ARTIFACTS, documents, LIVE_LOG, succeeded } from '../../../functions/worker/artifacts.ts';
import { action, CLONED, definition, id } from '../fixtures.ts';

const isReport = new Ajv({ strict: true }).compile(
  JSON.parse(await readFile(new URL('../../../docs/retrigger.schema.json', import.meta.url), 'utf8')),
);

const created: ItemOutcome = CLONED;
const refused: ItemOutcome = { label: 'b', result: 'refused', reason: 'r' };
const noop: ItemOutcome = { label: 'c', taskId: id('c'), result: 'noop', reason: 'r' };

const performed = (...items: ItemOutcome[]): Result => ({
  kind: 'performed',
  action: action({ kind: 'rerun', taskId: id('a') }),
  plan: {
    ...noWork(),
    clones: [
      {
        label: 'a',
        taskId: id('a'),
        newTaskId: id('copy'),
        definition: definition(),
        reason: 'r',
        copy: 1,
        replacements: new Map(),
        after: [],
        exists: false,
      },
    ],
  },
  outcome: { items, warnings: ['mind this'] },
});
const canceled: Result = {
  kind: 'canceled',
  action: action({ kind: 'rerun', taskId: id('a') }),
  plan: { kind: 'cancellation', cancels: [], earlier: [], noops: [], refused: [], wholeGroup: false },
  outcome: { items: [{ ...noop, result: 'canceled' }], warnings: [] },
};
const forwarded = (answer: { taskId?: string } | undefined): Result => ({
  kind: 'forwarded',
  plan: { kind: 'forward', because: 'unmarked', reason: 'it has no mark' },
  answer,
});

const inOrder = (list: readonly { name: string }[]) => list.toSorted((a, b) => (a.name < b.name ? -1 : 1));

const JSON_TYPE = 'application/json';
/** Name → content; JSON is parsed. */
function contents(result: Result | undefined): Record<string, unknown> {
  return Object.fromEntries(
    documents(id('action'), 'the log\n', result).map(({ name, contentType, content }) => [
      name,
      contentType === JSON_TYPE ? JSON.parse(content) : content,
    ]),
  );
}
function report(result: Result | undefined): unknown {
  const found = contents(result)['public/retrigger.json'];
  isReport(found);
  expect(isReport.errors).toBeNull();
  return found;
}
const head = { version: 1, actionId: id('action') };

describe('the artifacts of an action task', () => {
  it.each([
    ['was performed', performed(created)],
    ['was canceled', canceled],
    ['was forwarded', forwarded({ taskId: id('full') })],
    ['has failed', undefined],
  ])('is what was prepared for, if it %s', (_what, result) => {
    const left = documents(id('action'), 'the log\n', result).map(({ name, contentType }) => ({
      name,
      contentType,
    }));
    expect(inOrder([...left, LIVE_LOG])).toEqual(inOrder(ARTIFACTS));
  });

  it('has the names and types that Treeherder and taskgraph know', () => {
    expect(ARTIFACTS).toEqual([
      { name: 'public/logs/live_backing.log', contentType: 'text/plain; charset=utf-8' },
      { name: 'public/label-to-taskid.json', contentType: JSON_TYPE },
      { name: 'public/to-run.json', contentType: JSON_TYPE },
      { name: 'public/task-graph.json', contentType: JSON_TYPE },
      { name: 'public/retrigger.json', contentType: JSON_TYPE },
      { name: 'public/logs/live.log', artifact: 'public/logs/live_backing.log' },
    ]);
  });

  it('list what was made', () => {
    expect(contents(performed(created))).toMatchObject({
      'public/logs/live_backing.log': 'the log\n',
      'public/label-to-taskid.json': { a: id('copy') },
      'public/to-run.json': ['a'],
      'public/task-graph.json': { [id('copy')]: { label: 'a' } },
    });
  });

  it.each([
    ['was canceled', canceled],
    ['was forwarded', forwarded({})],
    ['has failed', undefined],
  ])('tells of no task that was made, if it %s', (_what, result) => {
    expect(contents(result)).toMatchObject({
      'public/label-to-taskid.json': {},
      'public/to-run.json': [],
      'public/task-graph.json': {},
    });
    expect(contents(result)['public/label-to-taskid.json']).toEqual({});
    expect(contents(result)['public/task-graph.json']).toEqual({});
  });

  it('is JSON that people can read', () => {
    const labels = documents(id('action'), '', performed(created)).find(({ name }) => name.includes('label'));
    expect(labels?.content).toBe(`{\n  "a": "${id('copy')}"\n}\n`);
  });
});

describe('the report', () => {
  it.each<[string, Result | undefined, Record<string, unknown>]>([
    [
      'was performed',
      performed(created, noop),
      { result: 'completed', items: [created, noop], warnings: ['mind this'] },
    ],
    [
      'was performed in part',
      performed(created, refused),
      { result: 'failed', items: [created, refused], warnings: ['mind this'] },
    ],
    ['has failed', undefined, { result: 'failed', items: [], warnings: [] }],
    [
      'was forwarded',
      forwarded({ taskId: id('full') }),
      {
        result: 'forwarded',
        items: [],
        warnings: [],
        forward: { because: 'unmarked', reason: 'it has no mark', taskId: id('full') },
      },
    ],
    [
      'was forwarded to a hook that made no task',
      forwarded({}),
      {
        result: 'forwarded',
        items: [],
        warnings: [],
        forward: { because: 'unmarked', reason: 'it has no mark', taskId: null },
      },
    ],
    [
      'could not be forwarded',
      forwarded(undefined),
      {
        result: 'failed',
        items: [],
        warnings: [],
        forward: { because: 'unmarked', reason: 'it has no mark', taskId: null },
      },
    ],
  ])('of an action that %s', (_what, result, wanted) => {
    expect(report(result)).toEqual({ ...head, ...wanted });
  });
});

describe('an action task ends as completed', () => {
  it.each<[string, Result, boolean]>([
    ['if all was done', performed(created), true],
    ['if nothing was to be done', performed(noop), true],
    ['unless one was refused', performed(created, refused), false],
    ['unless nobody knows of one', performed({ ...created, result: 'unknown' }), false],
    ['if it was forwarded', forwarded({ taskId: id('full') }), true],
    ['unless there is no full hook', forwarded(undefined), false],
    ['if all was canceled', canceled, true],
  ])('%s', (_what, result, completed) => {
    expect(succeeded(result)).toBe(completed);
  });
});
