import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isObject } from '../../functions/tasks/shapes.ts';
import { Lane } from './lane.ts';
import type { SweepJob } from './sweep-runner.ts';

/**
 * After this time without progress, a mutant has hung the tests. One test may take 40 s, and the machine may be busy.
 */
const HANGS_MS = 120_000;
/** Limit of processor time for one mutant. */
const PATIENCE_MS = 10_000;

export interface TestFile {
  test: string;
  /** Whether it starts servers; then its tests take long. */
  hasServer: boolean;
}

/** The result of running all tests with all mutants that they reach. */
export interface Swept {
  /** Mutant → what noticed it. */
  killed: Map<string, string>;
  /** Mutant → test files that reach it, and those of them that only do while they load. */
  passed: Map<string, Set<string>>;
  loaded: Map<string, Set<string>>;
  /** Test file → processor time of its tests. */
  ms: Map<string, number>;
  /** Test files with tests that are left for the second round. */
  slow: Set<string>;
}

/**
 * Runs all test files, each test with each mutant that it reaches and that is still alive.
 *
 * @param staying mutants that are expected to survive, which the tests with a server need not try
 */
export async function sweep(
  files: readonly string[],
  mutants: readonly string[],
  staying: ReadonlySet<string>,
  tests: readonly TestFile[],
  onProgress: (test: string, alive: number) => void,
): Promise<Swept> {
  const folder = await mkdtemp(join(tmpdir(), 'mutants-'));
  const trying = join(folder, 'trying');
  const lane = new Lane(files, 'sweep', { SWEEP: folder });
  const swept: Swept = {
    killed: new Map(),
    passed: new Map(),
    loaded: new Map(),
    ms: new Map(),
    slow: new Set(),
  };
  const spent = new Map<string, number>();
  /** Runs a test file, again and again for as long as a mutant hangs it. */
  const run = async ({ test, hasServer }: TestFile, quick: boolean): Promise<void> => {
    for (;;) {
      const alive = mutants.filter(
        (key) =>
          !swept.killed.has(key) &&
          (spent.get(key) ?? 0) < PATIENCE_MS &&
          (quick || !hasServer || !staying.has(key)),
      );
      if (!quick && !alive.some((key) => swept.passed.get(key)?.has(test))) return;
      onProgress(test, alive.length);
      const job: SweepJob = { alive, quick };
      await writeFile(join(folder, 'job.json'), JSON.stringify(job));
      await writeFile(join(folder, 'log'), '');
      await writeFile(trying, '');
      const answer = await lane.run({ tests: [test] }, HANGS_MS, () => readFile(trying, 'utf8'));
      for (const line of (await readFile(join(folder, 'log'), 'utf8')).split('\n')) {
        if (line !== '') takeIn(swept, spent, test, JSON.parse(line));
      }
      if (answer) return;
      const [hung = ''] = (await readFile(trying, 'utf8')).split('|');
      if (hung.trim() === '') {
        process.stderr.write(`left out, for it does not end by itself: ${test}\n`);
        return;
      }
      swept.killed.set(hung, `${test}: it hangs`);
    }
  };
  try {
    for (const test of tests) await run(test, true);
    for (const test of slowOnes(tests, swept)) await run(test, false);
    return swept;
  } finally {
    await lane.stop();
    await rm(folder, { recursive: true });
  }
}

function slowOnes(tests: readonly TestFile[], { slow, ms }: Swept): TestFile[] {
  const spent = ({ test }: TestFile) => ms.get(test) ?? 0;
  return tests.filter(({ test }) => slow.has(test)).toSorted((a, b) => spent(a) - spent(b));
}

function takeIn(swept: Swept, spent: Map<string, number>, test: string, line: unknown): void {
  if (!isObject(line)) return;
  if (typeof line['killed'] === 'string') {
    swept.killed.set(line['killed'], String(line['by']));
    return;
  }
  const note = (known: Map<string, Set<string>>, keys: unknown) => {
    for (const key of Array.isArray(keys) ? keys.map(String) : [])
      known.set(key, (known.get(key) ?? new Set<string>()).add(test));
  };
  note(swept.passed, line['passed']);
  note(swept.loaded, line['loaded']);
  if (!swept.ms.has(test)) swept.ms.set(test, Number(line['ms']));
  if (Number(line['slow']) > 0) swept.slow.add(test);
  if (isObject(line['spent']))
    for (const [key, ms] of Object.entries(line['spent'])) spent.set(key, (spent.get(key) ?? 0) + Number(ms));
  if (Array.isArray(line['failing']) && line['failing'].length > 0)
    process.stderr.write(`left out, for it fails by itself: ${line['failing'].join('; ').slice(0, 1000)}\n`);
}
