import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveReferences } from '../../../functions/graph/references.ts';
import { Uncertain } from '../../../functions/graph/uncertain.ts';
import { id } from '../fixtures.ts';

const REFERENTS = {
  taskId: id('self'),
  decisionTaskId: id('decision'),
  dependencies: new Map([
    ['build', id('build')],
    ['docker-image', id('image')],
  ]),
  rootUrl: 'https://tc.example.com',
};

const resolve = (value: unknown): unknown => resolveReferences(value, REFERENTS);
const task = (text: unknown): unknown => resolve({ 'task-reference': text });
const artifact = (text: unknown): unknown => resolve({ 'artifact-reference': text });

describe('a task-reference', () => {
  it('may name itself, the decision task and edges, any number of times', () => {
    expect(task('<self> of <decision>, <build><docker-image>.')).toBe(
      `${id('self')} of ${id('decision')}, ${id('build')}${id('image')}.`,
    );
  });

  it('writes < as <<>, and keeps what is not a reference', () => {
    expect(task('a <<> b')).toBe('a < b');
    expect(task('<> > a < b')).toBe('<> > a < b');
  });

  it.each(['<repackage>', 'a < b <build>', '<constructor>', '<__proto__>', '< build>', '<build/public/x>'])(
    'is uncertain about %s',
    (text) => {
      expect(() => task(text)).toThrow(Uncertain);
    },
  );

  it('resolves the keys of an object, and searches its values', () => {
    expect(task({ '<build>': { 'task-reference': '<self>' }, 'on-<decision>': ['<build>'] })).toStrictEqual({
      [id('build')]: id('self'),
      [`on-${id('decision')}`]: ['<build>'],
    });
  });

  it.each([1, null, true, ['<build>']])('is uncertain about %j, which is no text', (value) => {
    expect(() => task(value)).toThrow(Uncertain);
  });
});

describe('an artifact-reference', () => {
  it('is the URL of an artifact, through the proxy if it is not public', () => {
    expect(artifact('see <build/public/a b.zip>, <decision/private/x>')).toBe(
      `see https://tc.example.com/api/queue/v1/task/${id('build')}/artifacts/public/a b.zip, ` +
        `http://taskcluster/api/queue/v1/task/${id('decision')}/artifacts/private/x`,
    );
  });

  it.each(['<self/public/x>', '<repackage/public/x>', '<<build/public/x>', '<a> <build/public/x>'])(
    'is uncertain about %s',
    (text) => {
      expect(() => artifact(text)).toThrow(Uncertain);
    },
  );

  it('leaves what is no reference', () => {
    for (const text of ['<build>', '</public/x>', '<build/>', 'a/b', '<build/public', '<<<<'])
      expect(artifact(text)).toBe(text);
  });
});

// In quadratic time, this takes 20 s.
it('takes linear time for a text that is full of references without a name', { timeout: 10_000 }, () => {
  const text = `${'</'.repeat(1_000_000)}>`;
  expect(artifact(text)).toBe(text);
});

it('keeps everything else, including parameters with other keys beside them', () => {
  const value = {
    plain: '<build>',
    two: { 'task-reference': '<build>', other: 1 },
    list: [null, 1.5, true, { deep: [{ 'task-reference': 'x' }] }],
  };
  expect(resolve(value)).toStrictEqual({ ...value, list: [null, 1.5, true, { deep: ['x'] }] });
});

it('limits how large a definition may grow', () => {
  const text = '<build/public/x>'.repeat(100_000);
  expect(() => artifact(text)).toThrow(/too large/);
});

// What taskgraph's own patterns find. They backtrack, which does no harm with short texts.
const TASK = /<([^>]+)>/g;
const ARTIFACT = /<([^/]+)\/([^>]+)>/g;
const anyText = fc
  .array(
    fc.constantFrom('<', '>', '/', 'a', 'self', 'decision', 'build', '<build>', '<build/public/x>', ' '),
    {
      maxLength: 16,
    },
  )
  .map((parts) => parts.join(''));

const UNCERTAIN = 'uncertain';
const orUncertain = (attempt: () => unknown): unknown => {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof Uncertain) return UNCERTAIN;
    throw error;
  }
};

describe('on any text', () => {
  it('finds the task references that taskgraph finds', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const known: Record<string, string> = {
          self: id('self'),
          decision: id('decision'),
          build: id('build'),
          '<': '<',
        };
        const certain = [...text.matchAll(TASK)].every(([, name = '']) => name in known);
        const expected = certain ? text.replace(TASK, (_, name: string) => known[name] ?? '') : UNCERTAIN;
        expect(orUncertain(() => task(text))).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds the artifact references that taskgraph finds', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const known: Record<string, string> = { decision: id('decision'), build: id('build') };
        const certain = [...text.matchAll(ARTIFACT)].every(([, name = '']) => name in known);
        const url = (_: string, name: string, path: string) => {
          const root = path.startsWith('public/') ? 'https://tc.example.com' : 'http://taskcluster';
          return `${root}/api/queue/v1/task/${known[name]}/artifacts/${path}`;
        };
        const expected = certain ? text.replace(ARTIFACT, url) : UNCERTAIN;
        expect(orUncertain(() => artifact(text))).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});
