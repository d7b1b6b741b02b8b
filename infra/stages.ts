import { readdir } from 'node:fs/promises';
import { UsageError } from '../cli/command.ts';

/** Stages that run on AWS; `dev` is for the local environment. */
async function namesOfStages(): Promise<string[]> {
  const files = await readdir(new URL('stages', import.meta.url));
  return files
    .map((file) => file.replace(/\.yml$/, ''))
    .filter((name) => name !== 'dev')
    .toSorted();
}

/** @throws UsageError that lists the stages, if none is given or there is no such stage */
export async function chooseStage(given: string | undefined): Promise<string> {
  const stages = await namesOfStages();
  if (given !== undefined && stages.includes(given)) return given;
  const problem = given === undefined ? 'Which stage? Give --stage.' : `There is no stage ${given}.`;
  throw new UsageError(`${problem} There are: ${stages.join(', ')}.`);
}
