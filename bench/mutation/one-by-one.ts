import { basename } from 'node:path';
import { Lane } from './lane.ts';
import type { Swept } from './sweep.ts';

/** In addition to the time of the tests. */
const HANGS_MS = 40_000;
/** Processor time. Test files beyond this are not run, except those of the changed file. */
const MOST_MS = 1_500;

/**
 * Loads the test files again for each mutant, for mutants in code that runs while a module loads.
 * @returns mutant → what noticed it
 */
export async function runOneByOne(
  files: readonly string[],
  mutants: readonly string[],
  { loaded, passed, ms }: Swept,
): Promise<Map<string, string>> {
  const killed = new Map<string, string>();
  const lane = new Lane(files, 'one');
  const msOf = (test: string) => ms.get(test) ?? 0;
  for (const mutant of mutants) {
    const own = basename(mutant).replace(/\.ts:\d+$/, '');
    const isOwn = (test: string) => basename(test).startsWith(`${own}.`);
    const covering = new Set([...(passed.get(mutant) ?? []), ...(loaded.get(mutant) ?? [])]);
    let sum = 0;
    const tests = [...covering]
      .toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)) || msOf(a) - msOf(b))
      .filter((test) => (sum += msOf(test)) < MOST_MS || isOwn(test));
    const verdict = await lane.run({ mutant, tests }, HANGS_MS + 5 * sum);
    const by = verdict ? verdict.failed : 'it hangs';
    if (by !== undefined) killed.set(mutant, by);
  }
  await lane.stop();
  return killed;
}
