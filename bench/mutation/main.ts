/**
 * `npm run mutate`: changes the deciding code in many small ways, one at a time, and runs the tests that reach the
 * change. A change that no test notices survives; CONTRIBUTING.md says what to do about it. Fails if too many survive,
 * or if one has no reason beside the code.
 *
 * First, each test runs with all the mutants that it reaches, one after another (sweep.ts). Then mutants in code that
 * runs while a module loads are tried one by one, with everything loaded again (one-by-one.ts). Mutants that have a
 * reason beside the code are not tried with slow tests that start servers.
 */
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CommandError, runCommand } from '../../cli/command.ts';
import { BREAKS, failingTests } from './breaks.ts';
import { findMutants, type Mutant } from './mutants.ts';
import { describeNoticed, describeResults, isBelowFloor, unexplained, type Result } from './results.ts';
import { runOneByOne } from './one-by-one.ts';
import { sweep, type TestFile } from './sweep.ts';
import { ROOT } from './tests.ts';
import { writeBreaks, writeReliability } from './write.ts';

/** Folders and files to change, and the percentage of changes that tests must notice. */
const FLOORS: Readonly<Record<string, number>> = {
  'functions/tasks/': 97,
  'functions/actions/': 97,
  'functions/graph/': 97,
  'functions/platform/json-number.ts': 97,
  'functions/platform/json-scanner.ts': 97,
  'functions/trigger/': 90,
  'functions/worker/': 90,
  'hooks/render/wrap.ts': 90,
};

await runCommand(
  {
    script: 'mutate',
    about: 'Changes the code in many small ways, one at a time, and says which changes no test notices.',
    options: {
      only: { type: 'string', value: 'PREFIX', about: 'only files whose path starts with this' },
      tests: { type: 'string', value: 'GLOB', about: 'only these test files (test/functions, test/hooks)' },
      sample: { type: 'string', value: 'N', about: 'only every Nth mutant' },
      noticed: { type: 'boolean', default: false, about: 'also list which test noticed which change' },
      lanes: { type: 'string', value: 'N', about: 'how many mutants are tried at a time (2)' },
      named: { type: 'boolean', default: false, about: 'only break what must fail a test that names it' },
      write: { type: 'boolean', default: false, about: 'write the figures into docs/reliability.md' },
    },
  },
  async ({
    only = '',
    tests = 'test/{functions,hooks}/**/*.test.ts',
    sample = '1',
    lanes = '2',
    noticed,
    named,
    write,
  }) => {
    if (named) return runNamed(write);
    const files = sourceFiles(only);
    if (files.length === 0) throw new CommandError(`There is nothing to change in ${only}.`);
    const mutants = new Map<string, Mutant[]>();
    for (const file of files) mutants.set(file, findMutants(await readFile(`${ROOT}${file}`, 'utf8'), file));
    const jobs = [...mutants].flatMap(([file, all]) => all.map((mutant) => ({ file, mutant })));
    const chosen = jobs.filter((_, index) => index % Number(sample) === 0);
    const testFiles = globSync(tests, { cwd: ROOT }).filter((file) => file.endsWith('.test.ts'));
    const results = await runAll(files, chosen, await inOrder(testFiles, files), Number(lanes));
    if (noticed) console.log(`${describeNoticed(results)}\n`);
    console.log(describeResults(results, FLOORS));
    if (write) await writeReliability(results, FLOORS);
    const isBelow = Object.entries(FLOORS).some(([prefix, floor]) => isBelowFloor(results, prefix, floor));
    return isBelow || unexplained(results).length > 0 ? 1 : 0;
  },
);

/** Breaks one thing after another. @returns the exit status */
async function runNamed(write: boolean): Promise<number> {
  let missed = 0;
  for (const broken of BREAKS) {
    const noticed = (await failingTests(broken)).includes(broken.name);
    if (!noticed) missed++;
    console.log(`${broken.what}: ${noticed ? 'fails' : 'DOES NOT FAIL'} ${broken.test}: ${broken.name}`);
  }
  if (write && missed === 0) await writeBreaks(BREAKS);
  return missed > 0 ? 1 : 0;
}

function sourceFiles(only: string): string[] {
  return Object.keys(FLOORS)
    .flatMap((prefix) => globSync(prefix.endsWith('/') ? `${prefix}*.ts` : prefix, { cwd: ROOT }))
    .filter((file) => file.startsWith(only) && !/\.(generated|d)\./.test(file))
    .toSorted();
}

/** The lanes share the mutants; each runs all test files. */
async function runAll(
  files: readonly string[],
  jobs: readonly Job[],
  tests: readonly TestFile[],
  lanes: number,
): Promise<Result[]> {
  const started = Date.now();
  let said = started;
  const say = (text: string) => {
    if (Date.now() - said < 10_000) return;
    said = Date.now();
    process.stderr.write(`${Math.round((said - started) / 1000)} s: ${text}\n`);
  };
  const runShare = async (lane: number): Promise<Result[]> => {
    const share = jobs.filter((_, index) => index % lanes === lane);
    const staying = new Set(share.filter(({ mutant }) => mutant.reason !== undefined).map(keyOf));
    const swept = await sweep(files, share.map(keyOf), staying, tests, (test, alive) =>
      say(`${alive} alive before ${test}`),
    );
    const left = share.filter(
      (job) => !swept.killed.has(keyOf(job)) && !staying.has(keyOf(job)) && swept.loaded.has(keyOf(job)),
    );
    say(`${left.length} that run only while a module loads`);
    const more = await runOneByOne(files, left.map(keyOf), swept);
    return share.map(({ file, mutant }) => {
      const key = keyOf({ file, mutant });
      const by = swept.killed.get(key) ?? more.get(key);
      const passing = new Set([...(swept.passed.get(key) ?? []), ...(swept.loaded.get(key) ?? [])]);
      return { file, mutant, tests: passing.size, ...(by === undefined ? {} : { by }) };
    });
  };
  return (await Promise.all(Array.from({ length: lanes }, (_, lane) => runShare(lane)))).flat();
}

interface Job {
  file: string;
  mutant: Mutant;
}

function keyOf({ file, mutant }: Job): string {
  return `${file}:${mutant.id}`;
}

/** Tests of the changed files first, those with servers last: a slow test need not try what a fast one notices. */
async function inOrder(tests: readonly string[], files: readonly string[]): Promise<TestFile[]> {
  const folders = new Set(files.map((file) => dirname(file)));
  const ranked = await Promise.all(
    tests.map(async (test) => {
      const hasServer = /support\/|local\/taskcluster/.test(await readFile(`${ROOT}${test}`, 'utf8'));
      const isNear = folders.has(dirname(test).replace(/^test\//, ''));
      return { test, hasServer, rank: (hasServer ? 2 : 0) + (isNear ? 0 : 1) };
    }),
  );
  return ranked.toSorted((a, b) => a.rank - b.rank || (a.test < b.test ? -1 : 1));
}
