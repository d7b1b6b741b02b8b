import { afterEach, beforeEach, expect, it } from 'vitest';
import { Log, type LogRecord } from '../../../functions/platform/log.ts';
import { Health, type HealthReport } from '../../../functions/serve/health.ts';
import { HostileServer } from '../../support/hostile-server.ts';

const MINUTE = 60_000;

let taskcluster: HostileServer;
let records: LogRecord[];
let health: Health | undefined;

beforeEach(async () => {
  taskcluster = await HostileServer.start();
  records = [];
});
afterEach(async () => {
  health?.stop();
  await taskcluster.stop();
});

/** The first report, for a Taskcluster whose clock is so much behind ours. */
async function report({ behindMs = 0, logWorks = true } = {}): Promise<HealthReport> {
  taskcluster.answer = (_request, response) =>
    response.setHeader('date', new Date(Date.now() - behindMs).toUTCString()).end('{}');
  return reportOf(logWorks);
}

function reportOf(logWorks: boolean): Promise<HealthReport> {
  const log = new Log((_level, record) => records.push(record));
  health = new Health(taskcluster.url, log, () => logWorks);
  return health.report();
}

it('is good if Taskcluster answers, the clocks agree and the log can be written', async () => {
  expect(await report()).toStrictEqual({
    status: 'ok',
    checks: { taskcluster: 'ok', clock: 'ok', log: 'ok' },
    details: {},
  });
  expect(records).toStrictEqual([]);
});

it('asks Taskcluster no more often if somebody asks for it often', async () => {
  await report();
  for (let asked = 0; asked < 10; asked++) await health?.report();
  expect(taskcluster.asked).toHaveLength(1);
});

it('is bad if Taskcluster does not answer, which is logged', async () => {
  taskcluster.answer = (_request, response) => response.writeHead(503).end();
  expect(await reportOf(true)).toStrictEqual({
    status: 'error',
    checks: { taskcluster: 'error', clock: 'ok', log: 'ok' },
    details: { taskcluster: 'ping answered 503' },
  });
  expect(records).toStrictEqual([{ event: 'taskcluster-unreachable', v: 1, reason: 'ping answered 503' }]);
});

it('says why Taskcluster cannot be reached', async () => {
  const { url } = taskcluster;
  await taskcluster.stop();
  const { details } = await reportOf(true);
  taskcluster = await HostileServer.start();
  expect(details['taskcluster']).toContain(`ECONNREFUSED ${new URL(url).host}`);
});

it.each([
  ['ahead of', 10 * MINUTE],
  ['behind', -10 * MINUTE],
])('is bad if our clock is %s Taskcluster’s, which is logged', async (where, behindMs) => {
  const { status, details } = await report({ behindMs });
  expect([status, details['clock']]).toStrictEqual([
    'error',
    expect.stringMatching(`^this machine’s clock is \\d+ s ${where} Taskcluster’s$`),
  ]);
  expect(records).toMatchObject([{ event: 'clock-differs', problem: details['clock'] }]);
});

it('is good with clocks that differ by less than a minute', async () => {
  expect(await report({ behindMs: -50_000 })).toMatchObject({ status: 'ok' });
});

it('is bad if the log cannot be written', async () => {
  expect(await report({ logWorks: false })).toMatchObject({
    status: 'error',
    checks: { taskcluster: 'ok', log: 'error' },
    details: { log: 'log lines cannot be written' },
  });
});
