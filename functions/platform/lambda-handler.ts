import type { Context } from 'aws-lambda';
import { perInvocation } from './invocation.ts';
import { consoleSink, Log } from './log.ts';
import { Metrics } from './metrics.ts';
import type { Env } from './settings.ts';

/** A run of the worker lasts minutes; what it has measured must not come late, nor be lost with it. */
const FLUSH_MS = 10_000;

type Handler<E, R> = (event: E, context: Context) => Promise<R>;

/** What may be done before a function's first call, so that the call need not wait for it. */
export interface WarmUp {
  warmUp(): Promise<void>;
}

/** Lambda calls at once, or much later. A snapshot's connections would be dead when it wakes up. */
const WARMED_UP = new Set(['on-demand', 'provisioned-concurrency']);

/**
 * What Lambda calls, with log and metrics on standard output. Wrong settings are no failed import, but an error in the
 * log at each call, with all that is wrong. On Lambda the function warms up as soon as the module has been loaded;
 * nothing waits for that, and it does not matter whether it goes well.
 *
 * @param service the function's name, as in serverless.yml
 * @param load reads the settings; throws a SettingsError
 * @param create makes the function over its settings and log
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
      // The first call meets the same, and says so.
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
      // Lambda would log it unredacted, with everything its message quotes.
      log.unexpected(error);
      // oxlint-disable-next-line preserve-caught-error
      throw new Error(`${service} failed; its log says why`);
    } finally {
      clearInterval(regularly);
      await flush();
    }
  });
}
