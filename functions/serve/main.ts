/**
 * `npm run serve`: the functions in one process, for the Taskcluster that the environment names: HTTP for the direct
 * way, a poll loop for the queued way. Uses the same handlers as Lambda; docs/serve.md says how to run it.
 */
import { CommandError, runCommand, UsageError } from '../../cli/command.ts';
import { perInvocation } from '../platform/invocation.ts';
import { Log } from '../platform/log.ts';
import {
  loadServeSettings,
  loadTriggerSettings,
  loadWorkerSettings,
  SettingsError,
  type Env,
} from '../platform/settings.ts';
import { createHandler as createTrigger } from '../trigger/handler.ts';
import { createHandler as createWorker } from '../worker/handler.ts';
import { runContext } from './context.ts';
import { environmentOf } from './environment.ts';
import { Health } from './health.ts';
import { Output } from './output.ts';
import { Prometheus } from './prometheus.ts';
import { createServer } from './server.ts';
import { readVersion } from './version.ts';

/** Length of one run of the worker; the next one follows at once. Timers can be up to 24 days long. */
const RUN_MS = 24 * 60 * 60 * 1000;
const WAYS = ['trigger', 'worker'] as const;
type Way = (typeof WAYS)[number];

await runCommand(
  {
    script: 'serve',
    about: 'Runs the functions in one process, with settings from the environment (docs/serve.md).',
    options: {
      only: { type: 'string', value: 'WAY', about: 'trigger (direct) or worker (queued); both by default' },
    },
  },
  async ({ only }) => {
    const ways = WAYS.filter((way) => only === undefined || way === only);
    if (ways.length === 0) throw new UsageError(`--only takes trigger or worker, not ${only}.`);
    await serve(new Set(ways), process.env);
  },
);

async function serve(ways: ReadonlySet<Way>, env: Env): Promise<void> {
  const settings = loadAll(ways, env);
  const output = new Output();
  const prometheus = new Prometheus();
  const logOf = (service: string) => new Log(output.sink(service), prometheus.sink(service));
  const log = logOf('serve');
  output.onLost = (reason) => log.event('log-lost', { reason });
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.unexpected(error);
      process.exit(70);
    });
  }

  const health = new Health(settings.rootUrl, log, () => output.works);
  prometheus.gauge('log_lines_lost', 'Log lines that could not be written.', () => output.linesLost);
  const triggerFunction = settings.trigger && createTrigger(settings.trigger, logOf('trigger'));
  const workerFunction = settings.worker && createWorker(settings.worker, logOf('worker'), settings.stopMs);
  const trigger = triggerFunction && perInvocation(triggerFunction);
  const worker = workerFunction && perInvocation(workerFunction);
  const server = createServer({
    trigger,
    health,
    version: await readVersion(),
    metrics: () => prometheus.text(),
  });

  void triggerFunction?.warmUp();
  void workerFunction?.warmUp();
  const stopping = new AbortController();
  // The worker's runs also listen for SIGTERM. A second one must not end the process: some service managers send two.
  process.on('SIGTERM', () => stopping.abort());
  process.once('SIGINT', () => process.kill(process.pid, 'SIGTERM'));
  const address = await server.listen({ host: settings.host, port: settings.port });
  log.event('serving', { address, ways: [...ways].join(', '), rootUrl: settings.rootUrl });

  const polling = worker && pollOn(worker, stopping.signal);
  if (!stopping.signal.aborted) {
    const { promise, resolve } = Promise.withResolvers<void>();
    stopping.signal.addEventListener('abort', () => resolve());
    await promise;
  }
  log.event('stopping', {});
  health.stop();
  await Promise.all([server.close(), polling]);
  log.event('stopped', {});
  // Requests for tasks that were given back may still be open, but nothing needs their answers.
  process.exit();
}

async function pollOn(
  worker: (...run: Parameters<ReturnType<typeof createWorker>>) => Promise<unknown>,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    await worker({ mode: 'poll', pollMs: RUN_MS }, runContext('worker', 2 * RUN_MS));
  }
}

/** @throws CommandError that lists every problem */
function loadAll(ways: ReadonlySet<Way>, env: Env) {
  const problems = new Set<string>();
  const load = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      for (const problem of error.problems) problems.add(problem);
      return undefined;
    }
  };
  const own = load(() => loadServeSettings(env));
  const trigger = ways.has('trigger')
    ? load(() => loadTriggerSettings(environmentOf('trigger', env)))
    : undefined;
  const worker = ways.has('worker')
    ? load(() => loadWorkerSettings(environmentOf('worker', env)))
    : undefined;
  const rootUrl = (trigger ?? worker)?.rootUrl;
  if (problems.size > 0 || !own || rootUrl === undefined)
    throw new CommandError(new SettingsError([...problems]).message);
  return { ...own, trigger, worker, rootUrl };
}
