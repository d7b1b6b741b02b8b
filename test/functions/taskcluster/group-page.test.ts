import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroupPageBody, type GroupPage } from '../../../functions/taskcluster/group-page.ts';
import { definition, id, status } from '../fixtures.ts';

/** @param cuts where one piece ends and another begins */
function read(json: string, cuts: readonly number[] = []): GroupPage {
  const bytes = Buffer.from(json);
  const body = new GroupPageBody();
  const inside = cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b);
  for (const [index, from] of [0, ...inside].entries())
    body.write(bytes.subarray(from, inside[index] ?? bytes.length));
  body.end();
  return body.page;
}

const answer = (tasks: unknown, more: object = {}) =>
  JSON.stringify({ taskGroupId: id('d'), schedulerId: 'gecko-level-3', tasks, ...more });

describe('a page of a group’s listing', () => {
  it('gives ids, states and the token, however it is cut and whatever the definitions hold', () => {
    const states = fc.constantFrom('unscheduled', 'pending', 'running', 'completed', 'exception');
    const tasks = fc.array(
      fc.record({
        name: fc.stringMatching(/^[a-z]{1,8}$/),
        state: states,
        payload: fc.jsonValue(),
        first: fc.boolean(),
      }),
      { maxLength: 5 },
    );
    const cuts = fc.array(fc.nat(), { maxLength: 20 });
    const token = fc.option(fc.string(), { nil: undefined });
    fc.assert(
      fc.property(tasks, token, cuts, fc.boolean(), (wanted, continuationToken, places, tokenFirst) => {
        const entries = wanted.map(({ name, state, payload, first }) => {
          const parts = {
            status: { ...status(id(name)), state, schedulerId: 's' },
            task: { ...definition(), payload },
          };
          return first ? parts : { task: parts.task, status: parts.status };
        });
        const json = tokenFirst
          ? JSON.stringify({ continuationToken, x: { tasks: [1], status: {} }, tasks: entries })
          : answer(entries, { continuationToken });
        expect(read(json, places)).toStrictEqual({
          tasks: wanted.map(({ name, state }) => ({
            taskId: id(name),
            schedulerId: 's',
            state,
            canceled: undefined,
          })),
          continuationToken,
        });
      }),
    );
  });

  it('says when a task was canceled', () => {
    const runs = [
      { runId: 0, state: 'exception', reasonResolved: 'canceled', resolved: '2026-11-26T00:00:00.000Z' },
    ];
    const canceled = { ...status(id('a')), state: 'exception', runs };
    expect(read(answer([{ status: canceled, task: {} }])).tasks).toMatchObject([
      { taskId: id('a'), canceled: '2026-11-26T00:00:00.000Z' },
    ]);
  });

  it('takes definitions of any depth that the queue takes', () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const json = answer([{ status: status(id('a')), task: { payload: 0 } }]).replace(
      '"payload":0',
      `"payload":${deep}`,
    );
    expect(read(json).tasks).toHaveLength(1);
  });

  it.each([
    ['a list', '[]'],
    ['no tasks', answer(undefined)],
    ['tasks that are no list', answer({})],
    ['a task that is no object', answer([7])],
    ['a task that is a list', answer([[]])],
    ['a task without a status', answer([{ task: {} }])],
    ['a task without a status after one that has one', answer([{ status: status(id('a')) }, { task: {} }])],
    ['a status that is no object', answer([{ status: 'pending' }])],
    ['a status without runs', answer([{ status: { ...status(id('a')), runs: undefined } }])],
    ['a token that is no string', answer([], { continuationToken: 7 })],
  ])('is refused if it is %s', (_, json) => {
    expect(() => read(json)).toThrow(
      expect.objectContaining({ kind: 'unexpected-answer', method: 'listTaskGroup' }),
    );
  });

  it.each([
    ['cut off', answer([{ status: status(id('a')), task: {} }]).slice(0, -3)],
    ['not JSON', '{"tasks": [}'],
    ['nothing', ''],
  ])('is no answer if it is %s', (_, json) => {
    expect(() => read(json)).toThrow(SyntaxError);
  });

  it('is not there before it was read', () => {
    expect(() => new GroupPageBody().page).toThrow(expect.objectContaining({ kind: 'unexpected-answer' }));
  });
});
