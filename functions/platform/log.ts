import { bounded, TEXT_LIMITS } from './bounded-text.ts';
import { currentRequestId } from './invocation.ts';
import { LOG_EVENTS, type LogEvent, type LogFields, type LogLevel } from './log-events.ts';
import { redact } from './redact.ts';

export type { LogLevel };

/** A finished record: the event's name is in `event`, its version in `v`, and its fields beside them. */
export interface LogRecord {
  event: string;
  [field: string]: unknown;
}

export type LogSink = (level: LogLevel, record: LogRecord) => void;

/** Logs declared events. Takes credentials out and cuts long texts before anything reaches a sink. */
export class Log {
  readonly #sinks: readonly LogSink[];
  readonly #secrets = new Set<string>();

  constructor(...sinks: LogSink[]) {
    this.#sinks = sinks;
  }

  event<E extends LogEvent>(event: E, fields: LogFields<E>): void {
    const { level, v } = LOG_EVENTS[event];
    const shown = Object.entries(fields).map(([name, value]): [string, unknown] => [
      name,
      typeof value === 'string' ? redact(bounded(value, TEXT_LIMITS.logField), this.#secrets) : value,
    ]);
    const requestId = currentRequestId();
    const record = { event, v, ...(requestId ? { requestId } : {}), ...Object.fromEntries(shown) };
    for (const sink of this.#sinks) sink(level, record);
  }

  /** @param incidentId what the caller sees instead of the error */
  unexpected(thrown: unknown, incidentId?: string): void {
    const known = thrown instanceof Error ? thrown : new Error(String(thrown));
    const error = `${known.name}: ${known.message}`;
    // The stack repeats the message, which may be long; only what follows it is useful here.
    const stack = known.stack?.startsWith(error) ? known.stack.slice(error.length).trimStart() : known.stack;
    this.event('unexpected-error', { error, stack, incidentId });
  }

  /** Keeps this word out of the log from now on. */
  hide(secret: string): void {
    if (secret !== '') this.#secrets.add(secret);
  }
}

/**
 * One JSON object per line on standard output or error, the format of CloudWatch Logs. (The Logger of AWS Lambda
 * Powertools would write the same lines, but adds 20 ms to every cold start.)
 */
export const consoleSink: LogSink = (level, record) => {
  const stream = level === 'error' ? process.stderr : process.stdout;
  stream.write(logLine(level, record));
};

/** The record as a line of JSON, with its line break. */
export function logLine(level: LogLevel, record: LogRecord): string {
  return `${JSON.stringify({ level, time: new Date().toISOString(), ...record })}\n`;
}
