/**
 * `npm run fuzz`: sends mutated payloads through parsing and planning and compares the result with a model of what they
 * may do; then sends mutated requests over HTTP. Prints its findings, and fails if there are any.
 */
import { runCommand, UsageError } from '../cli/command.ts';
import { fuzzHttp } from './fuzz/requests.ts';
import { fuzzPlanning } from './fuzz/planning.ts';

await runCommand(
  {
    script: 'fuzz',
    about: 'Looks for payloads and requests that do something they must not.',
    options: {
      runs: {
        type: 'string',
        default: '100000',
        value: 'N',
        about: 'payloads for parsing and planning; 100,000 by default',
      },
      http: { type: 'string', default: '3000', value: 'N', about: 'requests over HTTP; 3,000 by default' },
      seed: {
        type: 'string',
        default: '1',
        value: 'N',
        about: 'the same seed gives the same inputs; 1 by default',
      },
    },
  },
  async ({ runs, http, seed }) => {
    const [planned, sent, from] = [count('runs', runs), count('http', http), count('seed', seed)];
    const started = Date.now();
    const planning = await fuzzPlanning(planned, from);
    const { refused, forwarded, planned: fast } = planning.ends;
    process.stdout.write(
      `${planned} payloads: ${refused} refused, ${forwarded} forwarded, ${fast} planned; ` +
        `${planning.problems.length} findings, ${seconds(started)} s\n`,
    );
    const restarted = Date.now();
    const requests = await fuzzHttp(sent, from);
    const statuses = [...requests.statuses].toSorted(([a], [b]) => a - b);
    process.stdout.write(
      `${sent} requests: ${statuses.map(([status, times]) => `${times} × ${status}`).join(', ')}; ` +
        `${requests.problems.length} findings, ${seconds(restarted)} s\n`,
    );
    const problems = [...planning.problems, ...requests.problems];
    for (const { problem, body } of problems.slice(0, 10)) process.stdout.write(`\n${problem}\n${body}\n`);
    return problems.length > 0 ? 1 : 0;
  },
);

function count(name: string, value: string): number {
  if (!/^\d{1,8}$/.test(value)) throw new UsageError(`--${name} takes a number, not ${value}`);
  return Number(value);
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}
