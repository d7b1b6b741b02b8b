/** A process that runs tests on one mutant after another for main.ts. An endless loop only affects this process. */
import { isObject } from '../../functions/tasks/shapes.ts';
import { Tests, type Verdict } from './tests.ts';

export interface Job {
  /** `<file>:<id>`; undefined: no mutant is active. */
  mutant?: string;
  tests: string[];
}

export type Answer = Verdict;

const [way, ...files] = process.argv.slice(2);
const tests = await Tests.start(new Set(files), way === 'sweep' ? 'sweep' : 'one');

process.on('message', (job: unknown) => {
  if (isJob(job)) void answer(job);
});
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function answer({ mutant, tests: wanted }: Job): Promise<void> {
  if (mutant === undefined) delete process.env['MUTANT'];
  else process.env['MUTANT'] = mutant;
  const verdict = await tests.run(wanted);
  if (process.connected) process.send?.(verdict);
}

function isJob(value: unknown): value is Job {
  return isObject(value) && Array.isArray(value['tests']);
}
