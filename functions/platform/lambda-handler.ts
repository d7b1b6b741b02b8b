import type { Context } from 'aws-lambda';
import { perInvocation } from './invocation.ts';
import { consoleSink, Log } from './log.ts';
import { Metrics } from './metrics.ts';
import type { Env } from './settings.ts';

/** A run of the worker lasts minutes; its metrics must not arrive late, or be lost if it ends abruptly. */
const FLUSH_MS = 10_000;

type Handler<E, R> = (event: E, context: Context) => Promise<R>;

/** Work that can be done before a function's first call, so that the call need not wait for it. */
export interface WarmUp {
  warmUp(): Promise<void>;
}

/** Initialization types after which warming up helps. In a snapshot, connections would be dead when it is restored. */
const WARMED_UP = new Set(['on-demand', 'provisioned-concurrency']);

/**
 * The handler that Lambda calls, with log and metrics on standard output. Wrong settings do not make the import fail;
 * each call logs an error that lists all of them. On Lambda the function warms up as soon as the module is loaded;
 * nothing waits for that, and it may fail.
 *
 * @param service the function's name, as in serverless.yml
 * @param load reads the settings; throws a SettingsError
 * @param create makes the function from its settings and log
 */
export function lambdaHandler<S extends { stage: string }, E, R>(
  service: string,
  load: (env: Env) => S,
  create: (settings: S, log: Log) => Handler<E, R> & Partial<WarmUp>,
): Handler<E, R> {
  let ready: { handle: Handler<E, R> & Partial<WarmUp>; log: Log; metrics: Metrics } | undefined;
  const start = () => {
    const settings = load(process.env);
    const metrics = new Metrics(service, settings.stage, (line) => process.stdout.write(`${line}\n`));
    const log = new Log(consoleSink, metrics.sink);
    log.event('cold-start', { sinceStartMs: Math.round(process.uptime() * 1000) });
    return { handle: create(settings, log), log, metrics };
  };
  const warmUp = async () => {
    try {
      ready ??= start();
      await ready.handle.warmUp?.();
    } catch {
      // The first call will get the same error, and log it.
    }
  };
  if (WARMED_UP.has(process.env['AWS_LAMBDA_INITIALIZATION_TYPE'] ?? '')) setImmediate(() => void warmUp());
  return perInvocation(async (event, context) => {
    try {
      ready ??= start();
    } catch (error) {
      new Log(consoleSink).unexpected(error);
      throw error;
    }
    const { handle, log, metrics } = ready;
    const flush = () => metrics.flush().catch((error: unknown) => log.unexpected(error));
    const regularly = setInterval(() => void flush(), FLUSH_MS);
    try {
      return await handle(event, context);
    } catch (error) {
      // Lambda would log it unredacted, with everything that its message quotes.
      log.unexpected(error);
      // oxlint-disable-next-line preserve-caught-error
      throw new Error(`${service} failed; its log says why`);
    } finally {
      clearInterval(regularly);
      await flush();
    }
  });
}
