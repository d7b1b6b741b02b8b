import { parseArgs } from 'node:util';
import type { EnvironmentOptions } from './environment.ts';

/** A mistake on the command line. */
export class UsageError extends Error {}

export const USAGE = '[--port P] [--size N | --push DIR] [--latency MS] [--no-functions]';

/** @throws UsageError that says what is wrong */
export function readArguments(args: string[]): Omit<EnvironmentOptions, 'onLine'> & { once: boolean } {
  const values = parse(args);
  if (values.size !== undefined && values.push !== undefined)
    throw new UsageError('give --size or --push, not both');
  const number = (name: 'port' | 'size' | 'latency', fallback: number, lowest: number, highest: number) => {
    const text = values[name];
    const value = text === undefined ? fallback : Number(text);
    if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
    throw new UsageError(`--${name} takes a whole number from ${lowest} to ${highest}, not ${text}`);
  };
  const size = number('size', 500, 50, 20_000);
  return {
    port: number('port', 0, 0, 65_535),
    latencyMs: number('latency', 0, 0, 60_000),
    push: values.push === undefined ? { size } : { dir: values.push },
    functions: !values['no-functions'],
    once: values.once,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' },
        size: { type: 'string' },
        push: { type: 'string' },
        latency: { type: 'string' },
        'no-functions': { type: 'boolean', default: false },
        once: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
