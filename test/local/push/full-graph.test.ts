import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { graphEntry } from '../../../functions/graph/entry.ts';
import type { GraphEntry } from '../../../functions/graph/task-graph.ts';
import { CompressedJson } from '../../../local/push/compressed-json.ts';
import { generatePush } from '../../../local/push/generate.ts';
import type { Push } from '../../../local/push/push.ts';
import { isObject } from '../../../functions/tasks/shapes.ts';

const options = { size: 120, rootUrl: 'http://127.0.0.1:8080', now: new Date('2026-11-22T12:00:00.123Z') };
const push = generatePush(options);
const entries = graphOf(push);

function graphOf({ artifacts, decisionTaskId }: Push): Map<string, GraphEntry> {
  const content = artifacts[decisionTaskId]?.['public/full-task-graph.json'];
  if (!(content instanceof CompressedJson)) throw new TypeError('the push has no graph');
  const document: unknown = JSON.parse(gunzipSync(content.gzipped).toString());
  if (!isObject(document)) throw new TypeError('the graph is no object');
  return new Map(Object.entries(document).map(([label, entry]) => [label, graphEntry(label, entry)]));
}

const labels = (taskId: string): Record<string, unknown> => {
  const map = push.artifacts[taskId]?.['public/label-to-taskid.json'];
  return isObject(map) ? map : {};
};
const scheduled = labels(push.decisionTaskId);
const unscheduled = [...entries.keys()].filter((label) => !(label in scheduled));
const closure = (label: string): Set<string> => {
  const needed = new Set([label]);
  for (const one of needed)
    for (const dependency of Object.values(entries.get(one)?.dependencies ?? {})) needed.add(dependency);
  return needed;
};

const missing = (label: string) => [...closure(label)].filter((needed) => !(needed in scheduled));

describe('the full graph of a generated push', () => {
  it('has every label that was scheduled, in order, and everything that they depend on', () => {
    expect(Object.keys(scheduled).filter((label) => !entries.has(label))).toStrictEqual([]);
    expect([...entries.keys()]).toStrictEqual([...entries.keys()].toSorted((a, b) => (a < b ? -1 : 1)));
    for (const { dependencies } of entries.values())
      for (const label of Object.values(dependencies)) expect([...entries.keys()]).toContain(label);
  });

  it('has the definition of each task, with references and datestamps', () => {
    for (const [label, taskId] of Object.entries(scheduled)) {
      const entry = entries.get(label);
      const task = push.tasks[String(taskId)]?.task ?? {};
      const ids = new Map(
        Object.entries(entry?.dependencies ?? {}).map(([edge, upstream]) => [
          edge,
          String(scheduled[upstream]),
        ]),
      );
      ids.set('self', String(taskId)).set('decision', push.decisionTaskId);
      const resolved = resolve(entry?.task, Date.parse(String(task['created'])), ids);
      expect(task).toMatchObject(Object(resolved));
      expect(entry?.attributes['retrigger']).toBe(/^(source-)?test-/.test(label));
    }
  });

  it('has labels that were not scheduled: a separate build, and tests on existing builds', () => {
    const [own, others] = [true, false].map((fuzzing) =>
      unscheduled.filter((label) => label.startsWith('test-') && label.includes('-fuzzing/') === fuzzing),
    );
    expect(own?.length).toBeGreaterThan(0);
    const build = ['build-linux64-fuzzing/opt', 'toolchain-linux64-honggfuzz', 'toolchain-linux64-upx'];
    for (const label of own ?? []) expect(new Set(missing(label))).toStrictEqual(new Set([label, ...build]));
    expect(others?.length).toBeGreaterThan(0);
    for (const label of others ?? []) {
      expect(missing(label)).toStrictEqual([label]);
      expect(entries.get(label)?.optimization).toHaveProperty('skip-unless-changed');
    }
  });

  it('has toolchains to look up in the index: one is there, one is not', () => {
    const found = (name: string): (string | undefined)[] => {
      const paths = entries.get(`toolchain-linux64-${name}`)?.optimization?.['index-search'];
      return Array.isArray(paths) ? paths.map((path) => push.index[String(path)]) : [];
    };
    const [none, upx] = found('upx');
    expect(none).toBeUndefined();
    expect(push.tasks[upx ?? '']).toMatchObject({ label: 'toolchain-linux64-upx', state: 'completed' });
    expect(Object.values(scheduled)).not.toContain(upx);
    expect(found('honggfuzz')).toStrictEqual([undefined, undefined]);
  });
});

it('is the same push without marks, except for the marks', () => {
  const unmarked = generatePush({ ...options, marked: false });
  expect(JSON.stringify(unmarked.tasks)).not.toContain('"retrigger":');
  expect(Object.keys(unmarked.tasks)).toStrictEqual(Object.keys(push.tasks));
  const attributes = [...graphOf(unmarked).values()].map((entry) => entry.attributes['retrigger']);
  expect(new Set(attributes)).toStrictEqual(new Set([true, false]));
});

/** Resolves references and datestamps as taskgraph does, as far as the generator writes them. */
function resolve(value: unknown, created: number, ids: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, created, ids));
  if (!isObject(value)) return value;
  const { 'task-reference': reference, 'relative-datestamp': datestamp } = value;
  if (typeof reference === 'string')
    return reference.replaceAll(/<([^>]+)>/g, (_, edge: string) =>
      edge === '<' ? '<' : (ids.get(edge) ?? '?'),
    );
  if (typeof datestamp === 'string') {
    const days = datestamp === '0 seconds' ? 0 : Number.parseInt(datestamp, 10);
    return new Date(created + days * 86_400_000).toISOString();
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, created, ids)]));
}
