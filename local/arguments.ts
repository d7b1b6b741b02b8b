import { UsageError, type Values } from '../cli/command.ts';
import type { EnvironmentOptions } from './environment.ts';

/** The options of the commands that start a local Taskcluster. */
export const ENVIRONMENT_OPTIONS = {
  port: { type: 'string', value: 'PORT', about: 'port of the root URL; the default, 0, takes a free one' },
  size: {
    type: 'string',
    value: 'N',
    about: 'number of tasks in the generated push, 50 to 20,000; 500 by default',
  },
  unmarked: {
    type: 'boolean',
    default: false,
    about: 'generate tasks that do not say whether they may be cloned, as in projects other than Firefox',
  },
  push: { type: 'string', value: 'DIR', about: 'load a recorded push instead' },
  latency: { type: 'string', value: 'MS', about: 'latency added to each API call; 0 by default' },
} as const;

/** @throws UsageError that says what is wrong */
export function readEnvironmentOptions(
  values: Values<typeof ENVIRONMENT_OPTIONS>,
): Pick<EnvironmentOptions, 'port' | 'latencyMs' | 'push'> {
  if (values.size !== undefined && values.push !== undefined)
    throw new UsageError('Give --size or --push, not both.');
  if (values.unmarked && values.push !== undefined)
    throw new UsageError('Give --unmarked or --push, not both.');
  const number = (name: 'port' | 'size' | 'latency', fallback: number, lowest: number, highest: number) => {
    const text = values[name];
    const value = text === undefined ? fallback : Number(text);
    if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
    throw new UsageError(`--${name} takes a whole number from ${lowest} to ${highest}, not ${text}.`);
  };
  const size = number('size', 500, 50, 20_000);
  return {
    port: number('port', 0, 0, 65_535),
    latencyMs: number('latency', 0, 0, 60_000),
    push: values.push === undefined ? { size, marked: !values.unmarked } : { dir: values.push },
  };
}
