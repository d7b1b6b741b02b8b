import { expect, it } from 'vitest';
import { runNode } from '../support/scripts.ts';

/** Work that takes the given number of ms. */
const waiting = `
  import { withProgress } from './cli/progress.ts';
  const [ms] = process.argv.slice(1);
  await withProgress('Waiting', () => new Promise((resolve) => setTimeout(resolve, Number(ms))));
  console.log('done');
`;

it.each([
  ['0', ''],
  ['1500', 'Waiting …\n'],
])('after %s ms of work it has said %j', async (ms, said) => {
  const { printed, closed } = runNode(['--input-type=module-typescript', '-e', waiting, ms]);
  expect({ code: await closed, ...printed }).toStrictEqual({ code: 0, out: 'done\n', err: said });
});
