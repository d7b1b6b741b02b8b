/**
 * `npm run mutate`: changes the deciding code in many small ways, one at a time, and runs the tests that pass there.
 * What no test notices survives; CONTRIBUTING.md says what to do about it.
 */
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { CommandError, runCommand } from '../../cli/command.ts';
import { findCovering, type Covering } from './covering.ts';
import { Lane } from './lane.ts';
import { findMutants, type Mutant } from './mutants.ts';
import { describeResults, isBelowFloor, type Result } from './results.ts';
import { ROOT } from './tests.ts';
import { writeReliability } from './write.ts';

/** Folders and files that are changed, and how much of that must be noticed, in percent. */
const FLOORS: Readonly<Record<string, number>> = {
  'functions/tasks/': 97,
  'functions/actions/': 97,
  'functions/graph/': 97,
  'functions/trigger/': 90,
  'functions/worker/': 90,
  'hooks/render/wrap.ts': 90,
};
/** Of one mutant, beside what its tests take. */
const HANGS_MS = 40_000;

await runCommand(
  {
    script: 'mutate',
    about: 'Changes the code in many small ways, one at a time, and says which changes no test notices.',
    options: {
      only: { type: 'string', value: 'PREFIX', about: 'only files whose path starts with this' },
      tests: { type: 'string', value: 'GLOB', about: 'only these test files (test/functions, test/hooks)' },
      sample: { type: 'string', value: 'N', about: 'only every Nth mutant' },
      write: { type: 'boolean', default: false, about: 'write the figures into docs/reliability.md' },
    },
  },
  async ({ only = '', tests = 'test/{functions,hooks}/**/*.test.ts', sample = '1', write }) => {
    const files = sourceFiles(only);
    if (files.length === 0) throw new CommandError(`There is nothing to change in ${only}.`);
    const mutants = new Map<string, Mutant[]>();
    for (const file of files) mutants.set(file, findMutants(await readFile(`${ROOT}${file}`, 'utf8'), file));
    const covering = await findCovering(
      files,
      globSync(tests, { cwd: ROOT }).filter((file) => file.endsWith('.test.ts')),
    );
    const jobs = [...mutants].flatMap(([file, all]) => all.map((mutant) => ({ file, mutant })));
    const chosen = jobs.filter((_, index) => index % Number(sample) === 0);
    const results = await runAll(files, chosen, covering);
    console.log(describeResults(results, FLOORS));
    if (write) await writeReliability(results, FLOORS);
    return Object.entries(FLOORS).some(([prefix, floor]) => isBelowFloor(results, prefix, floor)) ? 1 : 0;
  },
);

function sourceFiles(only: string): string[] {
  return Object.keys(FLOORS)
    .flatMap((prefix) => globSync(prefix.endsWith('/') ? `${prefix}*.ts` : prefix, { cwd: ROOT }))
    .filter((file) => file.startsWith(only) && !/\.(generated|d)\./.test(file))
    .toSorted();
}

async function runAll(
  files: readonly string[],
  jobs: { file: string; mutant: Mutant }[],
  covering: Covering,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = jobs.values();
  const started = Date.now();
  const work = async () => {
    const lane = new Lane(files, false);
    for (const { file, mutant } of waiting) {
      const key = `${file}:${mutant.id}`;
      const { tests, ms } = covering(key);
      const verdict =
        tests.length === 0
          ? { durations: {}, failedFiles: [] }
          : await lane.run({ mutant: key, tests }, HANGS_MS + Math.round(5 * ms));
      const by = verdict ? verdict.failed : 'it hangs';
      results.push({ file, mutant, tests: tests.length, ...(by === undefined ? {} : { by }) });
      if (results.length % 25 === 0)
        process.stderr.write(
          `${results.length} of ${jobs.length} after ${Math.round((Date.now() - started) / 1000)} s …\n`,
        );
    }
    await lane.stop();
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  return results;
}
