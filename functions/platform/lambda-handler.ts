import type { Context } from 'aws-lambda';
import { perInvocation } from './invocation.ts';
import { consoleSink, Log } from './log.ts';
import { Metrics } from './metrics.ts';
import type { Env } from './settings.ts';

/** A run of the worker lasts minutes; what it has measured must not come late, nor be lost with it. */
const FLUSH_MS = 10_000;

type Handler<E, R> = (event: E, context: Context) => Promise<R>;

/**
 * What Lambda calls, with log and metrics on standard output. Settings are read at the first call and not at import,
 * so that wrong ones are an error in the log with all that is wrong, at each call.
 *
 * @param service the function's name, as in serverless.yml
 * @param load reads the settings; throws a SettingsError
 * @param create makes the function over its settings and log
 */
export function lambdaHandler<S extends { stage: string }, E, R>(
  service: string,
  load: (env: Env) => S,
  create: (settings: S, log: Log) => Handler<E, R>,
): Handler<E, R> {
  let ready: { handle: Handler<E, R>; log: Log; metrics: Metrics } | undefined;
  const start = () => {
    const settings = load(process.env);
    const metrics = new Metrics(service, settings.stage, (line) => process.stdout.write(`${line}\n`));
    const log = new Log(consoleSink, metrics.sink);
    log.event('cold-start', { sinceStartMs: Math.round(process.uptime() * 1000) });
    return { handle: create(settings, log), log, metrics };
  };
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
      // Lambda would log it as it stands, with whatever its message quotes.
      log.unexpected(error);
      // oxlint-disable-next-line preserve-caught-error
      throw new Error(`${service} has failed; its log says why`);
    } finally {
      clearInterval(regularly);
      await flush();
    }
  });
}
