import { describe, expect, it } from 'vitest';
import { breaches } from '../../bench/fuzz/model.ts';
import { fuzzPlanning } from '../../bench/fuzz/planning.ts';
import { fuzzHttp } from '../../bench/fuzz/requests.ts';
import { world } from '../../bench/fuzz/world.ts';
import { DECISION, id } from '../functions/fixtures.ts';

describe('a small part of npm run fuzz', () => {
  it('finds nothing in 3,000 payloads, some of which have an effect', async () => {
    const { problems, ends } = await fuzzPlanning(3_000, 7);
    expect(problems).toStrictEqual([]);
    expect(ends.refused).toBeGreaterThan(500);
    expect(ends.forwarded).toBeGreaterThan(200);
    expect(ends.planned).toBeGreaterThan(200);
  });

  it('finds nothing in 150 requests', async () => {
    const { problems, statuses } = await fuzzHttp(150, 7);
    expect(problems).toStrictEqual([]);
    expect(statuses.get(200)).toBeGreaterThan(5);
    expect(statuses.get(400)).toBeGreaterThan(20);
  });
});

describe('the model', () => {
  const asked = { callback: 'retrigger', taskGroupId: DECISION, taskId: id('task0') };
  it.each([
    ['what nobody requested', 'task1', 1, 'nobody has asked for it'],
    ['one too many', 'task0', 3, '3 of them'],
    ['a protected task', 'task9', 1, 'it must not be'],
    ['a task of another push', 'task16', 1, 'it is of another push'],
  ])('objects to %s', (_, task, times, why) => {
    const most = new Map([[task === 'task1' ? id('task0') : id(task), 2]]);
    const made = Array.from({ length: times }, () => ({ taskId: id(task), how: 'clone' as const }));
    expect(breaches({ ...asked, most }, made, world()).join('\n')).toContain(why);
    expect(breaches(undefined, made, world())).toHaveLength(times);
  });
});
