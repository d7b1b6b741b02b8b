import type { Credentials } from '../functions/platform/credentials.ts';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import {
  applyCommand,
  checkCommand,
  diffCommand,
  FAILED,
  OK,
  renderCommand,
  unwrapCommand,
} from './commands.ts';
import type { Session } from './commands.ts';
import { isObject, parseHook, type HookDefinition } from './read/definition.ts';
import { loadDeployment } from './read/deployment.ts';
import { fxciConfig, type OutputFile } from './render/fxci-config.ts';
import { progressBar } from './progress.ts';
import { toJson, toYaml } from './render/render.ts';
import { connect } from './read/service.ts';
import { snippet } from './render/snippet.ts';

const USAGE = `usage: npm run hooks -- <command> --config FILE [options]

  render   write what would be deployed: hooks, roles, and the grants that must exist
  check    render the hooks with a table of payloads and judge the result
  diff     show how the live service differs; exit status 0: not at all, 2: it does, 1: error
  apply    show the difference, ask, then do exactly that
  unwrap   show what is ours, ask, then take it all away

  --config FILE     which hooks, and how (hooks/deployment.example.yml)
  --root-url URL    the Taskcluster (default: TASKCLUSTER_ROOT_URL); credentials are TASKCLUSTER_CLIENT_ID,
                    TASKCLUSTER_ACCESS_TOKEN and TASKCLUSTER_CERTIFICATE
  --hooks FILE      render and check: hook definitions (JSON or YAML list) from a file, not from the service
  --only GLOB       only hooks whose <hookGroupId>/<hookId> matches; * is any text
  --for WHAT        render: fxci-config (files for a checkout of it) or snippet (for a .taskcluster.yml)
  --out DIR         render: write files there instead of to the terminal
  --yes             apply and unwrap: do not ask
  --json            machine-readable output
`;

const OPTIONS = {
  config: { type: 'string' },
  'root-url': { type: 'string' },
  hooks: { type: 'string' },
  only: { type: 'string', default: '*' },
  for: { type: 'string' },
  out: { type: 'string' },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

async function main(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const [command, ...rest] = positionals;
  if (values.help || command === undefined) {
    process.stdout.write(USAGE);
    return values.help ? OK : FAILED;
  }
  if (rest.length > 0) throw new Error(`unexpected argument ${rest[0]}`);
  if (values.config === undefined) throw new Error('--config FILE is needed');
  const rootUrl = values['root-url'] ?? env.TASKCLUSTER_ROOT_URL;
  const asks = (command === 'apply' || command === 'unwrap') && !values.yes;
  const session: Session = {
    deployment: loadDeployment(values.config),
    service: rootUrl === undefined ? undefined : connect(rootUrl, credentials(env)),
    hooks: values.hooks === undefined ? undefined : readDefinitions(values.hooks),
    only: values.only,
    json: values.json,
    out: process.stdout,
    onProgress: (total) => progressBar(total, process.stderr),
    ...(asks ? { confirm: ask } : {}),
  };
  if (asks && (values.json || !process.stdin.isTTY)) {
    throw new Error(`${command} asks before it writes; without a terminal, or with --json, give --yes`);
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
      throw new Error(`unknown command ${command}\n\n${USAGE}`);
  }
}

async function filesOf(session: Session, target: string | undefined): Promise<OutputFile[]> {
  if (target === 'fxci-config') return fxciConfig(session.deployment);
  if (target === 'snippet') return [{ path: 'taskcluster-snippet.yml', text: snippet() }];
  if (target !== undefined) throw new Error('--for takes fxci-config or snippet');
  const { deployment, service, hooks } = session;
  if (deployment.mode !== 'global' && service === undefined && hooks === undefined) {
    throw new Error(
      'what is wrapped must be read first: give --root-url, TASKCLUSTER_ROOT_URL or --hooks FILE',
    );
  }
  const rendered = await renderCommand(session);
  return [
    { path: 'retrigger-hooks.json', text: toJson(rendered) },
    { path: 'retrigger-hooks.yml', text: toYaml(rendered) },
  ];
}

/** Into a directory all files; to the terminal one form of them. */
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

function credentials(env: NodeJS.ProcessEnv): Credentials | undefined {
  const { TASKCLUSTER_CLIENT_ID: clientId, TASKCLUSTER_ACCESS_TOKEN: accessToken } = env;
  const { TASKCLUSTER_CERTIFICATE: certificate } = env;
  if (!clientId || !accessToken) return undefined;
  return { clientId, accessToken, ...(certificate ? { certificate } : {}) };
}

/** A list of definitions, or an answer of `hooks.listHooks`. */
function readDefinitions(file: string): HookDefinition[] {
  const value: unknown = parse(readFileSync(file, 'utf8'));
  const list = isObject(value) ? value.hooks : value;
  if (!Array.isArray(list)) throw new Error(`${file} must hold a list of hook definitions`);
  return list.map(parseHook);
}

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test(await terminal.question(question));
  } finally {
    terminal.close();
  }
}

// The reader of a pipe (`| head`, `| less`) may leave early.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? OK : FAILED),
);
try {
  process.exitCode = await main(process.argv.slice(2), process.env);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = FAILED;
}
