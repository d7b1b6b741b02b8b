import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { isRecord } from '../../local/taskcluster/json.ts';
import { Lane } from './lane.ts';
import { ROOT } from './tests.ts';

/** Test files that take longer are left out: most of what they do happens in other processes. */
const TOO_SLOW_MS = 6_000;

/** The test files that pass by a mutant, the fastest first, and how long they take together. */
export type Covering = (mutant: string) => { tests: string[]; ms: number };

/** Runs all test files once, without any mutant, to see by which mutants they pass. */
export async function findCovering(files: readonly string[], tests: string[]): Promise<Covering> {
  const folder = await mkdtemp(join(tmpdir(), 'mutants-'));
  const lane = new Lane(files, true, { MUTANTS_PASSED: folder });
  try {
    process.stderr.write(`Running ${tests.length} test files …\n`);
    const answer = await lane.run({ tests }, 600_000);
    if (!answer) throw new Error('the tests do not end');
    if (answer.failed !== undefined)
      process.stderr.write(`left out, for it fails by itself: ${answer.failedFiles.join(', ')}\n`);
    const failing = new Set(answer.failedFiles);
    const passing = new Map<string, string[]>();
    for (const name of await readdir(folder)) {
      const report: unknown = JSON.parse(await readFile(join(folder, name), 'utf8'));
      if (!isRecord(report) || !Array.isArray(report['passed'])) continue;
      const test = relative(ROOT, String(report['test']));
      if (failing.has(test)) continue;
      for (const key of report['passed'].map(String)) passing.set(key, [...(passing.get(key) ?? []), test]);
    }
    const ms = (test: string) => answer.durations[test] ?? 0;
    return (mutant) => {
      const covering = (passing.get(mutant) ?? [])
        .filter((test) => ms(test) < TOO_SLOW_MS)
        .toSorted((a, b) => ms(a) - ms(b));
      return { tests: covering, ms: covering.reduce((sum, test) => sum + ms(test), 0) };
    };
  } finally {
    await lane.stop();
    await rm(folder, { recursive: true });
  }
}
