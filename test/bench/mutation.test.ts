import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { instrument } from '../../bench/mutation/instrument.ts';
import { findMutants } from '../../bench/mutation/mutants.ts';
import {
  describeNoticed,
  describeResults,
  isBelowFloor,
  unexplained,
  type Result,
} from '../../bench/mutation/results.ts';
import { trials } from '../../bench/mutation/trials.ts';

const names = (source: string) => findMutants(source, 'a.ts').map(({ name }) => name);

it.each([
  ['a && b;', ['&& → ||', 'a && b → true', 'a && b → false']],
  ['a ?? b;', ['?? → &&']],
  ['a <= b;', ['<= → <', '<= → >', 'a <= b → true', 'a <= b → false']],
  ['a + b;', ['+ → -']],
  ["'a' + b;", ["'a' → ''"]],
  ['a?.b.c;', ['?. → .']],
  ['a.some(b);', ['some → every']],
  ['(a ?? b).filter(c);', ['.filter(…) → nothing', '?? → &&']],
  ['a.toString();', []],
  ['if (a) b();', ['a → true', 'a → false']],
  ['() => a;', ['=> a → => undefined']],
  ['() => undefined;', []],
  ['while (a) b();', ['a → false']],
  ['/^a+$/u.test(b);', ['/^a+$/u → /a+$/u', '/^a+$/u → /^a+/u', '/^a+$/u → /^a$/u']],
  ["import { a } from 'b';", []],
  ["type A = 'a' | 'b';", []],
  ["const a = { 'b': 1 } as const satisfies Record<'b', number>;", ["{ 'b': 1 } → {}"]],
  ['class A extends B { constructor() { super(); } }', []],
])('%s can be changed', (source, wanted) => {
  expect(names(source)).toStrictEqual(wanted);
});

/** The value of a text with one mutant active, or none. */
function evaluate(source: string, active: number, scope: Record<string, unknown>): unknown {
  const mutant = (_file: string, id: number) => id === active;
  return runInNewContext(instrument(source, 'a.ts', findMutants(source, 'a.ts')), {
    ...scope,
    __mutant: mutant,
  });
}

it('puts all mutants into one text, and only runs the active one', () => {
  const source = "a?.b.slice(1).some((x) => x > 1 && x !== 3) ? 'yes' : ''";
  const mutants = findMutants(source, 'a.ts');
  const scope = { a: { b: [3, 2, 3] } };
  const outcomes = Object.fromEntries(mutants.map(({ id, name }) => [name, evaluate(source, id, scope)]));
  expect(evaluate(source, 0, scope)).toBe('yes');
  expect(outcomes).toMatchObject({
    'some → every': '',
    '.slice(…) → nothing': 'yes',
    '&& → ||': 'yes',
    "'yes' → ''": '',
    '=> x > 1 && x !== 3 → => undefined': '',
  });
  expect(evaluate(source, 0, { a: undefined })).toBe('');
  const [chain] = mutants.filter(({ name }) => name === '?. → .');
  expect(() => evaluate(source, chain?.id ?? 0, { a: undefined })).toThrow('undefined');
});

it('finds the reason next to a mutant that may stay, and does not count it as noticed', () => {
  const source = [
    '// mutant stays: it is only faster',
    '// so',
    'const a = b && c;',
    'd(); // mutants stay: e',
    "f('');",
  ];
  const mutants = findMutants(source.join('\n'), 'functions/a.ts');
  expect(mutants.map(({ line, reason }) => [line, reason])).toStrictEqual([
    [3, 'it is only faster'],
    [3, 'it is only faster'],
    [3, 'it is only faster'],
    [5, undefined],
  ]);
  const results = mutants.map((mutant, index): Result => ({
    file: 'functions/a.ts',
    mutant,
    tests: 1,
    ...(index > 0 ? { by: 'a test' } : {}),
  }));
  expect(isBelowFloor(results, 'functions/', 75)).toBe(false);
  expect(isBelowFloor(results, 'functions/', 76)).toBe(true);
  expect(isBelowFloor(results, 'hooks/', 100)).toBe(false);
  expect(unexplained(results)).toStrictEqual([]);
  expect(unexplained(mutants.map((mutant) => ({ file: 'functions/a.ts', mutant, tests: 1 })))).toHaveLength(
    1,
  );
  expect(describeResults(results, { 'functions/': 76 }).split('\n').at(-1)).toBe(
    'functions/a.ts:3  && → ||  (it is only faster)',
  );
  expect(describeNoticed(results).split('\n').at(-1)).toBe("functions/a.ts:5  '' → 'a mutant'  (a test)");
});

/** Runs the trials of a test that passes mutants 1 and 2 each time, and 3 while it loads. */
function runTrials(passes: (mutant: string | undefined, trial: number) => boolean) {
  const noticed: string[] = [];
  const loaded: string[] = [];
  const looks = [new Set(['1', '2', '3']), new Set(['1', '2'])];
  const running = trials({
    look: () => looks.shift() ?? new Set(['1', '2']),
    isAlive: () => true,
    onLoaded: (mutant) => loaded.push(mutant),
    onPassed: () => undefined,
    onKilled: (mutant) => noticed.push(mutant),
  });
  const asked: (string | undefined)[] = [];
  for (let next = running.next(); !next.done; next = running.next(passes(next.value, asked.length)))
    asked.push(next.value);
  return { asked, noticed, loaded };
}

describe('the trials of a test', () => {
  it('run it twice as it is, then with each mutant', () => {
    expect(runTrials(() => true)).toStrictEqual({
      asked: [undefined, undefined, '1', '2'],
      noticed: [],
      loaded: ['3'],
    });
  });

  it('notice a mutant that it fails with again, after it has passed without', () => {
    expect(runTrials((mutant) => mutant !== '1')).toStrictEqual({
      asked: [undefined, undefined, '1', undefined, '1', '2'],
      noticed: ['1'],
      loaded: ['3'],
    });
  });

  it('do not notice what it fails with only once', () => {
    expect(runTrials((_mutant, trial) => trial !== 3).noticed).toStrictEqual([]);
  });

  it('end if it fails by itself, or no longer passes without a mutant', () => {
    expect(runTrials(() => false).asked).toStrictEqual([undefined]);
    expect(runTrials((_mutant, trial) => trial < 3)).toMatchObject({
      asked: [undefined, undefined, '1', undefined],
      noticed: [],
    });
  });
});
