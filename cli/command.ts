/** How every script of package.json reads its arguments and exits. */
import { parseArgs } from 'node:util';

/** Exit status for a mistake on the command line, as in sysexits.h. Commands give 1 and 2 their own meanings. */
const EX_USAGE = 64;

/** A mistake on the command line, described in one sentence. The usage is printed after it. */
export class UsageError extends Error {}

/** Any other error that the user of the command can fix, described in one sentence. */
export class CommandError extends Error {}

interface Option {
  type: 'string' | 'boolean';
  default?: string | boolean;
  /** The placeholder in the usage for a string option's value. */
  value?: string;
  about: string;
}

type Options = Readonly<Record<string, Option>>;

interface Command<O extends Options> {
  /** Its name in package.json. */
  script: string;
  about: string;
  /**
   * The one argument that is not an option: its placeholder in the usage, and its possible values with explanations.
   */
  argument?: { value: string; choices: Readonly<Record<string, string>> };
  options: O;
}

/** The value of each option, or its default. */
export type Values<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true }>
>['values'];

/**
 * Runs a script of package.json. `--help` prints its usage. A mistake on the command line prints a sentence and the
 * usage, and exits with status 64.
 *
 * @param run performs the command; returns its exit status, if not 0. An error other than a UsageError or CommandError
 *   is a bug, and prints a stack trace.
 */
export async function runCommand<const O extends Options>(
  command: Command<O>,
  run: (values: Values<O>, argument: string) => Promise<number | void>,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage(command));
    return;
  }
  try {
    const { values, argument } = read(command, args);
    const status = await run(values, argument);
    if (status !== undefined) process.exitCode = status;
  } catch (error) {
    process.exitCode = report(error, command);
  }
}

function read<const O extends Options>({ argument, options }: Command<O>, args: string[]) {
  const { values, positionals } = parse(args, options);
  const [given, ...more] = positionals;
  const unexpected = argument ? more[0] : given;
  if (unexpected !== undefined) throw new UsageError(`Unexpected argument ${unexpected}.`);
  if (argument && given === undefined) throw new UsageError(`${argument.value} is missing.`);
  if (argument && given !== undefined && !Object.hasOwn(argument.choices, given))
    throw new UsageError(`Unknown ${argument.value.toLowerCase()} ${given}.`);
  return { values, argument: given ?? '' };
}

function parse<const O extends Options>(args: string[], options: O) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // The sentences after the first explain `--`, which is never the problem here.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.replace(/\n.*|\. To .*/s, '').replace(/\.?$/, '.'));
  }
}

/** @returns the exit status */
function report(error: unknown, command: Command<Options>): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\n${usage(command)}`);
    return EX_USAGE;
  }
  if (error instanceof CommandError || isListenError(error)) {
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  throw error;
}

/** A server could not open its port: `listen EADDRINUSE: address already in use 127.0.0.1:8080`. */
function isListenError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen';
}

function usage({ script, about, argument, options }: Command<Options>): string {
  const npm = script === 'start' || script === 'test' ? `npm ${script}` : `npm run ${script}`;
  const shown = Object.entries(options).map(([name, { value, about: text }]): [string, string] => [
    `--${name}${value === undefined ? '' : ` ${value}`}`,
    text,
  ]);
  shown.push(['--help', 'print this help']);
  const choices = Object.entries(argument?.choices ?? {});
  const width = Math.max(...[...shown, ...choices].map(([name]) => name.length));
  const list = (rows: [string, string][]) =>
    rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`.trimEnd()).join('\n');
  return (
    [
      `usage: ${npm} -- ${argument ? `${argument.value} ` : ''}[options]\n\n${about}`,
      ...(choices.length > 0 ? [list(choices)] : []),
      list(shown),
    ].join('\n\n') + '\n'
  );
}
