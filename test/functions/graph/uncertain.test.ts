import { describe, expect, it } from 'vitest';
import { resolveDatestamps } from '../../../functions/graph/datestamps.ts';
import { resolveParameters } from '../../../functions/graph/parameters.ts';
import { resolveReferences } from '../../../functions/graph/references.ts';
import { hasBuiltInStrategy, replacementPaths } from '../../../functions/graph/strategy.ts';
import { quoted, Uncertain } from '../../../functions/graph/uncertain.ts';
import { DECISION, id, NOW } from '../fixtures.ts';
import { entry } from './entries.ts';

function uncertainty(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Uncertain) return error.message;
    throw error;
  }
  throw new Error('it is certain');
}

describe('text of a graph', () => {
  it('is cut after 200 characters', () => {
    expect(quoted('a'.repeat(200))).toBe('a'.repeat(200));
    expect(quoted('a'.repeat(201))).toBe(`${'a'.repeat(200)}…`);
  });
});

const mega = (count: number) => [{ twice: 'x'.repeat(1024 * 1024) }, { twice: 'x'.repeat(count) }];

describe('parameters', () => {
  const twice = new Map([['twice', (text: string) => text + text]]);

  it('are objects with that one key', () => {
    const definition = {
      a: { twice: 'x' },
      b: [{ twice: { k: 1 } }],
      c: { twice: 'x', d: 1 },
      e: {},
      f: null,
    };
    expect(resolveParameters(definition, twice)).toStrictEqual({
      a: 'xx',
      b: [{ kk: 1 }],
      c: { twice: 'x', d: 1 },
      e: {},
      f: null,
    });
  });

  it('are text', () => {
    expect(uncertainty(() => resolveParameters({ twice: 7 }, twice))).toBe(
      'a parameter of the definition is not text',
    );
  });

  it('resolve to 4 MB of text in all, and no more', () => {
    expect(resolveParameters(mega(1024 * 1024), twice)).toHaveLength(2);
    expect(uncertainty(() => resolveParameters(mega(1024 * 1024 + 1), twice))).toBe(
      'the definition grows too large when its references are resolved',
    );
  });
});

const withStrategy = (optimization: Record<string, unknown> | null) => entry('build', [], { optimization });

describe('an optimization strategy', () => {
  it.each<[Record<string, unknown> | null, boolean]>([
    [null, true],
    [{}, true],
    [{ never: null }, true],
    [{ always: null }, true],
    [{ 'skip-unless-changed': ['a'] }, true],
    [{ 'index-search': ['a'] }, true],
    [{ own: null }, false],
  ])('%j is taskgraph’s own: %s', (optimization, own) => {
    expect(hasBuiltInStrategy(withStrategy(optimization))).toBe(own);
  });

  it('replaces a task by what the index has under its paths', () => {
    expect(replacementPaths(withStrategy({ 'index-search': ['a', 'b'] }))).toStrictEqual(['a', 'b']);
    for (const optimization of [null, {}, { never: ['a'] }, { always: ['a'] }])
      expect(replacementPaths(withStrategy(optimization))).toStrictEqual([]);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ own: ['a'] }, "build is optimized by the repository's own own"],
    [{ 'index-search': 'a' }, 'build searches the index for something that is not a list of paths'],
    [{ 'index-search': ['a', 1] }, 'build searches the index for something that is not a list of paths'],
    [{ 'index-search': [null] }, 'build searches the index for something that is not a list of paths'],
    [{ never: null, always: null }, 'build has several optimization strategies'],
  ])('%j is uncertain', (optimization, message) => {
    expect(uncertainty(() => replacementPaths(withStrategy(optimization)))).toBe(message);
  });
});

const datestamp = (text: string) => resolveDatestamps({ 'relative-datestamp': text }, NOW);

describe('a datestamp', () => {
  it('may be in the year 9999, and not in the next', () => {
    const days = Math.floor((Date.UTC(9999, 11, 31) - NOW.getTime()) / 86_400_000);
    expect(datestamp(`${days} days`)).toMatch(/^9999-12-30T/);
    expect(uncertainty(() => datestamp(`${days + 2} days`))).toContain('cannot be read');
  });

  it.each(['', 'soon', '1', '1 weeks', '1.5 days', '1 days'.repeat(0), '99999999999999 years'])(
    'is uncertain as %j',
    (text) => {
      expect(uncertainty(() => datestamp(text))).toBe(`its datestamp cannot be read: ${text}`);
    },
  );
});

const resolve = (definition: unknown, rootUrl = 'https://tc.example.com') =>
  resolveReferences(definition, {
    taskId: id('self'),
    decisionTaskId: DECISION,
    dependencies: new Map([['build', id('build')]]),
    rootUrl,
  });

const artifact = (text: string, rootUrl?: string) => resolve({ 'artifact-reference': text }, rootUrl);

describe('references', () => {
  it.each([
    [{ 'task-reference': '<nobody>' }, 'it has no dependency named nobody'],
    [{ 'artifact-reference': '<nobody/public/x>' }, 'it has no dependency named nobody'],
    [{ 'artifact-reference': '<self/public/x>' }, 'it refers to one of its own artifacts'],
  ])('%j are uncertain', (definition, message) => {
    expect(uncertainty(() => resolve(definition))).toBe(message);
  });

  it('to artifacts take the root URL with or without a slash', () => {
    const url = `https://tc.example.com/api/queue/v1/task/${id('build')}/artifacts/public/x`;
    expect(artifact('<build/public/x>')).toBe(url);
    expect(artifact('<build/public/x>', 'https://tc.example.com/')).toBe(url);
    expect(artifact('<decision/private/x>')).toBe(
      `http://taskcluster/api/queue/v1/task/${DECISION}/artifacts/private/x`,
    );
  });

  it.each([
    '<build/>',
    '</public/x>',
    '<build',
    '<build/public',
    'a/b',
    '<',
    '</',
    '<//',
    '</>',
    '<build/>/x',
  ])('to artifacts leave %j, which is none', (text) => {
    expect(artifact(text)).toBe(text);
  });

  it('to artifacts may stand beside each other, and after what is none', () => {
    const url = `https://tc.example.com/api/queue/v1/task/${id('build')}/artifacts/public/x`;
    expect(artifact('a<build/public/x>b<build/public/x>c')).toBe(`a${url}b${url}c`);
    expect(artifact('</a> <build/public/x>')).toBe(`</a> ${url}`);
    expect(artifact('1/2 <build/public/x> 1/2')).toBe(`1/2 ${url} 1/2`);
  });
});
