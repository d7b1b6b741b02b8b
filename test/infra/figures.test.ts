import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ALARMS } from '../../infra/alarm-declarations.ts';

/**
 * Figures that the documents state in words: the page, the words, and the code that they repeat. docs/security.md names the
 * code itself (security-document.test.ts); figures that were measured have a date beside them.
 */
const FIGURES: [page: string, words: string, file: string, code: string][] = [
  ['README.md', 'more than 2,000 tasks', 'functions/actions/plan.ts', 'tasks: 2_000'],
  ['README.md', '`times` is 1–100', 'functions/actions/inputs.schema.json', '"minimum": 1, "maximum": 100'],
  ['README.md', 'A request body may have 5 MB', 'functions/trigger/request.ts', 'MAX_BODY_BYTES = 5_000_000'],
  ['CONTRIBUTING.md', 'exit status 64', 'cli/command.ts', 'EX_USAGE = 64'],
  ['docs/adopting.md', 'a hash of ten hex digits', 'hooks/read/families.ts', '[0-9a-f]{10}'],
  ['docs/adopting.md', '2 that something differs', 'hooks/session.ts', 'DIFFERENT = 2'],
  ['docs/adopting.md', '1 that an error prevented the comparison', 'hooks/session.ts', 'FAILED = 1'],
  ['docs/live-tests.md', '`rt` and eight random digits', 'test/live/deployment.ts', 'rt${randomBytes(4'],
  ['docs/live-tests.md', 'clients expire within the hour', 'test/live/deployment.ts', 'HOUR_MS = 3_600_000'],
  ['docs/live-tests.md', 'after seven days', 'test/live/definitions.ts', 'expires: later(now, 7)'],
  ['docs/queued.md', 'starts every minute', 'serverless.yml', 'schedule: rate(1 minute)'],
  ['docs/queued.md', 'polls for 65 s', 'functions/worker/handler.ts', 'POLL_MS = 65_000'],
  ['docs/queued.md', 'claims up to 32 action tasks', 'functions/worker/poll.ts', 'CAPACITY = 32'],
  ['docs/queued.md', 'no claim in its last 60 s', 'functions/worker/handler.ts', 'RESERVE_MS = 60_000'],
  ['docs/queued.md', 'unfinished 10 s before', 'functions/worker/handler.ts', 'SHUTDOWN_MS = 10_000'],
  ['docs/queued.md', 'A request may take 10 s', 'functions/worker/handler.ts', 'REQUEST_MS = 10_000'],
  [
    'docs/queued.md',
    'Reads are tried 3 times',
    'functions/taskcluster/retry.ts',
    'READ_POLICY: RetryPolicy = { tries: 3',
  ],
  ['docs/queued.md', 'for about 12 s', 'functions/taskcluster/retry.ts', 'tries: 7, firstDelayMs: 200'],
  ['docs/queued.md', 'After five lost runs', 'hooks/templates/wrapper.yml', 'retries: 5'],
  ['docs/queued.md', 'more than 2,000 tasks', 'functions/actions/plan.ts', 'tasks: 2_000'],
  ['docs/reliability.md', 'has 29 s', 'serverless.yml', 'timeout: 29'],
  ['docs/reliability.md', 'After 17 s', 'functions/trigger/handler.ts', 'reading: 0.6'],
  ['docs/reliability.md', 'after 27 s', 'functions/trigger/handler.ts', 'writing: 0.94'],
  ['docs/reliability.md', 'after 28.4 s', 'functions/trigger/handler.ts', 'looking: 0.98'],
  [
    'docs/reliability.md',
    'actions 10 s before its end',
    'functions/worker/handler.ts',
    'SHUTDOWN_MS = 10_000',
  ],
  ['docs/runbook.md', 'worker 10, trigger 100', 'serverless.yml', 'reservedConcurrency: 10'],
  ['docs/runbook.md', 'worker 10, trigger 100', 'serverless.yml', 'reservedConcurrency: 100'],
  ['docs/runbook.md', '`claimed: 32`', 'functions/worker/poll.ts', 'CAPACITY = 32'],
  ['docs/scale.md', 'trigger 100, worker 10', 'serverless.yml', 'reservedConcurrency: 100'],
  ['docs/scale.md', 'for its 180 s', 'serverless.yml', 'timeout: 180'],
  ['docs/security.md', '`npm run fuzz` tries 100,000 and 3,000', 'bench/fuzz.ts', "default: '3000'"],
  ['docs/serve.md', 'Bodies over 6 MB', 'functions/serve/server.ts', 'MAX_BODY_BYTES = 6_000_000'],
  ['docs/serve.md', 'that take 15 s', 'functions/serve/server.ts', 'REQUEST_MS = 15_000'],
  ['docs/serve.md', 'more than 1,000 connections', 'functions/serve/server.ts', 'MAX_CONNECTIONS = 1_000'],
  ['docs/serve.md', 'more than 64 requests', 'functions/serve/server.ts', 'MAX_REQUESTS = 64'],
  ['docs/serve.md', 'tried again every 5 s', 'functions/worker/poll.ts', 'PAUSE_MS = 5_000'],
  ['docs/serve.md', 'differ by a minute', 'functions/serve/health.ts', 'CLOCK_BOUND_MS = 60_000'],
  ['docs/serve.md', 'takes 32 action tasks', 'functions/worker/poll.ts', 'CAPACITY = 32'],
];

const pages = new Map<string, string>();
async function read(file: string): Promise<string> {
  const text = pages.get(file) ?? (await readFile(file, 'utf8'));
  pages.set(file, text);
  return text;
}

it.each(FIGURES)('%s says “%s” as %s has it', async (page, words, file, code) => {
  expect(await read(page)).toContain(words);
  expect((await read(file)).split('\n').some((line) => holds(line, code))).toBe(true);
});

/** Whether a line has this and no longer number. */
function holds(line: string, code: string): boolean {
  const at = line.indexOf(code);
  return at >= 0 && !/[\d_.]/.test(line[at + code.length] ?? '');
}

describe('docs/runbook.md', () => {
  const { WorkerSilent, ActionTasksWait, Unreadable, Slow } = ALARMS;

  it.each([
    ['WorkerSilent', 'for five minutes', [minutes(WorkerSilent)], [5]],
    ['ActionTasksWait', 'for a minute or more', [ActionTasksWait.threshold], [60]],
    [
      'Unreadable',
      'five times in five minutes, twice in a row',
      [Unreadable.threshold, Unreadable.periodSeconds, Unreadable.periods],
      [5, 300, 2],
    ],
    ['Slow', '10 s or more', [Slow.threshold], [10_000]],
    ['Slow', 'for 15 minutes', [minutes(Slow)], [15]],
  ])('says of %s “%s” as the alarm has it', async (alarm, words, declared, said) => {
    const [, section = ''] = (await read('docs/runbook.md')).split(`\n### ${alarm}\n`);
    expect(section.split('\n### ')[0]).toContain(words);
    expect(declared).toEqual(said);
  });
});

function minutes({ periodSeconds, periods }: { periodSeconds: number; periods: number }): number {
  return (periodSeconds * periods) / 60;
}
