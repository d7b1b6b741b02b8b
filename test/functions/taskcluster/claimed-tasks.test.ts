import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClaimRoom } from '../../../functions/taskcluster/claim-room.ts';
import { ClaimedTasksBody } from '../../../functions/taskcluster/claimed-tasks.ts';

/** @param cuts where one piece ends and another begins */
function read(json: string, cuts: readonly number[] = [], room = new ClaimRoom()): ClaimedTasksBody {
  const bytes = Buffer.from(json);
  const body = new ClaimedTasksBody(room);
  const inside = cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b);
  for (const [index, from] of [0, ...inside].entries())
    body.write(bytes.subarray(from, inside[index] ?? bytes.length));
  body.end();
  return body;
}

/** Sockets give pieces of at most 64 KB. */
const pieces = (json: string) =>
  Array.from({ length: Math.floor(json.length / 65_536) }, (_, index) => (index + 1) * 65_536);
/** The JSON of a list that takes this many MB in memory, 51 bytes for each of its elements. */
const large = (mb: number) => `[${Array.from({ length: (mb * 1024 * 1024) / 51 }, () => '[]').join()}]`;
const answer = (...tasks: string[]) =>
  `{"tasks":[${tasks.map((task, runId) => `{"runId":${runId},"task":{"payload":${task}},"x":1}`).join()}]}`;
const reasons = ({ claims }: ClaimedTasksBody) => claims.map(({ leftOut }) => leftOut?.why);

describe('the answer to claimWork', () => {
  it('is read as JSON.parse reads it, however it is cut', () => {
    const claims = fc.array(
      fc.record({ status: fc.jsonValue(), task: fc.jsonValue(), runId: fc.nat() }, { requiredKeys: [] }),
      { maxLength: 4 },
    );
    const cuts = fc.array(fc.nat(), { maxLength: 20 });
    fc.assert(
      fc.property(claims, fc.jsonValue(), cuts, (tasks, more, places) => {
        const json = JSON.stringify({ more, tasks, after: { tasks: [1], task: more } });
        const found = read(json, places).claims;
        expect(found.map(({ claim }) => claim)).toStrictEqual(JSON.parse(json).tasks);
        expect(found.every(({ leftOut }) => leftOut === undefined)).toBe(true);
      }),
    );
  });

  it('loses only the task that is too large, by its bytes or by what its values take', () => {
    const text = JSON.stringify('x'.repeat(33 * 1024 * 1024));
    const json = answer('1', large(33), text, large(31), '5');
    const body = read(json, pieces(json));
    expect(reasons(body)).toStrictEqual([undefined, 'too-large', 'too-large', undefined, undefined]);
    expect(body.claims.map(({ claim }) => [claim['runId'], claim['x']])).toStrictEqual(
      [0, 1, 2, 3, 4].map((runId) => [runId, 1]),
    );
    expect(body.claims[4]?.claim['task']).toStrictEqual({ payload: 5 });
    expect(body.claims[1]?.claim['task']).toBeNull();
    // The same if it comes as one piece.
    expect(reasons(read(json))).toStrictEqual(reasons(body));
  });

  it('has room for two large tasks and any number of small ones, until some are released', async () => {
    const room = new ClaimRoom();
    const json = answer(large(31), large(31), large(31), ...Array.from({ length: 5 }, () => large(0.9)));
    const { claims } = read(json, pieces(json), room);
    expect(claims.map(({ leftOut }) => leftOut?.why)).toStrictEqual([
      undefined,
      undefined,
      'no-room',
      ...Array.from({ length: 5 }, () => undefined),
    ]);
    const [first, second, third, small] = claims;
    if (third?.leftOut?.why !== 'no-room') throw new Error('there was room');
    let freed = false;
    void third.leftOut.freed.then(() => (freed = true));
    small?.release();
    await Promise.resolve();
    expect(freed).toBe(false);
    first?.release();
    await third.leftOut.freed;
    // Releasing twice gives nothing more back.
    first?.release();
    const again = answer(large(31), large(31));
    expect(reasons(read(again, pieces(again), room))).toStrictEqual([undefined, 'no-room']);
    second?.release();
  });

  it('leaves out a claim with more scopes than can be signed with', () => {
    const room = new ClaimRoom();
    const scopes = JSON.stringify('s'.repeat(1_100_000));
    const json =
      `{"tasks":[{"credentials":${scopes},"task":{}},{"task":${large(31)},"credentials":${scopes}},` +
      `{"runId":2,"task":{}}]}`;
    const runIds = (cuts: number[]) => read(json, cuts, room).claims.map(({ claim }) => claim['runId']);
    expect(runIds(pieces(json))).toStrictEqual([2]);
    expect(runIds([])).toStrictEqual([2]);
    expect(room.take(64 * 1024 * 1024)).toBeDefined();
  });

  it('keeps what came before it broke off', () => {
    const body = new ClaimedTasksBody(new ClaimRoom());
    body.write(Buffer.from(answer('1', '2', '3').slice(0, -40)));
    expect(() => body.end()).toThrow(SyntaxError);
    expect(body.claims.map(({ claim }) => claim['runId'])).toStrictEqual([0, 1]);
  });

  it.each([
    ['is a list', '[]'],
    ['has no tasks', '{"more":[]}'],
    ['has tasks that are no list', '{"tasks":{}}'],
    ['has a task that is no object', '{"tasks":[7]}'],
    ['has a task that is a list', '{"tasks":[[]]}'],
  ])('is refused if it %s', (_, json) => {
    expect(() => read(json)).toThrow(
      expect.objectContaining({ kind: 'unexpected-answer', method: 'claimWork' }),
    );
  });
});
