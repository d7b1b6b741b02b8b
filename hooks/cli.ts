import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parse } from 'yaml';
import { CommandError, runCommand, UsageError, type Values } from '../cli/command.ts';
import { readCredentials, readRootUrl } from '../cli/taskcluster.ts';
import { checkCommand } from './check-command.ts';
import { applyCommand, diffCommand, renderCommand, unwrapCommand } from './commands.ts';
import { FAILED, OK, type Session } from './session.ts';
import { isObject, parseHook, type HookDefinition } from './read/definition.ts';
import { loadDeployment } from './read/deployment.ts';
import { fxciConfig, type OutputFile } from './render/fxci-config.ts';
import { progressBar } from './progress.ts';
import { toJson, toYaml } from './render/render.ts';
import { connect } from './read/service.ts';
import { snippet } from './render/snippet.ts';

const COMMANDS = {
  render: 'write what would be deployed: hooks, roles, and the grants that must exist',
  check: 'render the hooks with sample payloads and check the results',
  diff: 'show what apply would change; exit status 0: nothing, 2: something, 1: error',
  apply: 'show what would change, ask, then do exactly that',
  unwrap: 'show what this tool added, ask, then remove all of it',
};

const OPTIONS = {
  config: { type: 'string', value: 'FILE', about: 'the configuration (see hooks/deployment.example.yml)' },
  'root-url': { type: 'string', value: 'URL', about: 'the Taskcluster; TASKCLUSTER_ROOT_URL by default' },
  hooks: {
    type: 'string',
    value: 'FILE',
    about: 'render and check: hook definitions (JSON or YAML list) from a file, not from the service',
  },
  only: {
    type: 'string',
    value: 'GLOB',
    default: '*',
    about: 'only hooks whose <hookGroupId>/<hookId> matches; * matches any text',
  },
  for: {
    type: 'string',
    value: 'WHAT',
    about: 'render: fxci-config (files for a checkout of it) or snippet (for a .taskcluster.yml)',
  },
  out: { type: 'string', value: 'DIR', about: 'render: write files there instead of to the terminal' },
  yes: { type: 'boolean', default: false, about: 'apply and unwrap: do not ask' },
  json: { type: 'boolean', default: false, about: 'machine-readable output' },
} as const;

/** The options that other commands would ignore. */
const ONLY_FOR: ['hooks' | 'for' | 'out', string[]][] = [
  ['hooks', ['render', 'check']],
  ['for', ['render']],
  ['out', ['render']],
];

async function run(values: Values<typeof OPTIONS>, command: string, env: NodeJS.ProcessEnv): Promise<number> {
  for (const [option, commands] of ONLY_FOR) {
    if (values[option] !== undefined && !commands.includes(command))
      throw new UsageError(`--${option} goes with ${commands.join(' and ')}.`);
  }
  if (values.for === 'snippet')
    return write([{ path: 'taskcluster-snippet.yml', text: snippet() }], values.out, values.json);
  if (values.config === undefined) throw new UsageError('--config FILE is needed.');
  const rootUrl = readRootUrl(values['root-url'], env);
  const asks = (command === 'apply' || command === 'unwrap') && !values.yes;
  const session: Session = {
    deployment: loadDeployment(values.config),
    service: rootUrl === undefined ? undefined : connect(rootUrl, readCredentials(env)),
    hooks: values.hooks === undefined ? undefined : readDefinitions(values.hooks),
    only: values.only,
    json: values.json,
    out: process.stdout,
    onProgress: (what, total) => progressBar(what, total, process.stderr),
    ...(asks ? { confirm: ask } : {}),
  };
  if (asks && (values.json || !process.stdin.isTTY)) {
    throw new UsageError(`${command} asks before it writes; without a terminal, or with --json, give --yes`);
  }
  switch (command) {
    case 'render':
      return write(await filesOf(session, values.for), values.out, values.json);
    case 'check':
      return checkCommand(session);
    case 'diff':
      return diffCommand(session);
    case 'apply':
      return applyCommand(session);
    case 'unwrap':
      return unwrapCommand(session);
    default:
      throw new UsageError(`Unknown command ${command}.`);
  }
}

async function filesOf(session: Session, target: string | undefined): Promise<OutputFile[]> {
  if (target === 'fxci-config') return fxciConfig(session.deployment);
  if (target !== undefined) throw new UsageError('--for takes fxci-config or snippet');
  const rendered = await renderCommand(session);
  return [
    { path: 'retrigger-hooks.json', text: toJson(rendered) },
    { path: 'retrigger-hooks.yml', text: toYaml(rendered) },
  ];
}

/** Writes all files to a directory, or one of their forms to the terminal. */
function write(files: OutputFile[], out: string | undefined, json: boolean): number {
  if (out === undefined) {
    const wanted = files.filter(({ path }) => path.endsWith('.json') === json);
    for (const { path, text } of wanted.length > 0 ? wanted : files) {
      process.stdout.write(files.length > 1 && wanted.length !== 1 ? `# --- ${path}\n${text}` : text);
    }
    return OK;
  }
  for (const { path, text } of files) {
    const target = join(out, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    process.stdout.write(`${target}\n`);
  }
  return OK;
}

/** Reads a list of definitions, or an answer of `hooks.listHooks`. */
function readDefinitions(file: string): HookDefinition[] {
  try {
    const value: unknown = parse(readFileSync(file, 'utf8'));
    const list = isObject(value) ? value.hooks : value;
    if (!Array.isArray(list)) throw new Error('it must contain a list of hook definitions');
    return list.map(parseHook);
  } catch (error) {
    throw new CommandError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
    // Ctrl-C or Ctrl-D. The line of the question is not finished.
    process.stderr.write('\n');
    return false;
  } finally {
    terminal.close();
  }
}

// A command whose output cannot be written still ends: what it has begun to write is finished.
let incomplete = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe (`| head`, `| less`) may close it early.
  if (error.code === 'EPIPE' || incomplete) return;
  incomplete = true;
  process.stderr.write(`The output is incomplete: ${error.message}\n`);
  process.once('exit', () => (process.exitCode = FAILED));
});
await runCommand(
  {
    script: 'hooks',
    about:
      'Renders, checks and deploys the hooks. Signs its requests with TASKCLUSTER_CLIENT_ID, TASKCLUSTER_ACCESS_TOKEN and\n' +
      'TASKCLUSTER_CERTIFICATE.',
    argument: { value: 'COMMAND', choices: COMMANDS },
    options: OPTIONS,
  },
  async (values, command) => {
    try {
      return await run(values, command, process.env);
    } catch (error) {
      if (error instanceof UsageError || error instanceof CommandError || !(error instanceof Error))
        throw error;
      throw new CommandError(error.message, { cause: error });
    }
  },
);
