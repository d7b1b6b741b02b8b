import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { bundleFunctions } from '../infra/bundle.ts';

/** The functions, running under serverless-offline as they would on AWS. */
export interface RunningFunctions {
  /** Base URL of the HTTP API. */
  url: string;
  /** Invokes a function by its name in serverless.yml, without waiting for its end. */
  invoke(name: string, event?: object): Promise<void>;
  /** Resolves with the exit code when the process ends. */
  exited: Promise<number>;
  stop(): Promise<void>;
}

/** Another process may take a free port before the functions do. */
const TRIES = 3;

/**
 * Bundles the functions and starts them in a separate process.
 *
 * @param environment settings of the functions (functions/platform/settings.ts)
 * @param onLine called with each line that the functions print
 * @param port of the HTTP API; a free one by default
 * @throws Error with what the process printed, if it does not start
 */
export async function startFunctions(
  environment: Record<string, string>,
  onLine: (line: string) => void = () => undefined,
  port?: number,
): Promise<RunningFunctions> {
  await bundle();
  for (let tried = 1; ; tried++) {
    try {
      return await start(environment, onLine, port);
    } catch (error) {
      if (tried === TRIES || port !== undefined || !String(error).includes('EADDRINUSE')) throw error;
    }
  }
}

async function start(
  environment: Record<string, string>,
  onLine: (line: string) => void,
  port: number | undefined,
): Promise<RunningFunctions> {
  const [httpPort, lambdaPort] = await Promise.all([port ?? freePort(), freePort()]);
  const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
  const ports = ['--httpPort', String(httpPort), '--lambdaPort', String(lambdaPort), '--host', '127.0.0.1'];
  const child = spawn(process.execPath, [serverless, 'offline', 'start', ...ports, '--noPrependStageInUrl'], {
    cwd: new URL('..', import.meta.url),
    env: {
      ...process.env,
      ...environment,
      LAMBDA_ENDPOINT: `http://127.0.0.1:${lambdaPort}`,
      SLS_NOTIFICATIONS_MODE: 'off',
      SLS_TELEMETRY_DISABLED: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').then(([code]: unknown[]) => (typeof code === 'number' ? code : 1));
  const printed: string[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        printed.push(line);
        onLine(line);
        if (line.includes('Server ready')) resolve();
      });
    }
    const failed = (reason: string) =>
      reject(new Error(`the functions did not start: ${reason}\n${printed.join('\n')}`));
    child.on('error', (error) => failed(error.message));
    void exited.then((code) => failed(`serverless ended with ${code}`));
  });
  await ready;
  return {
    url: `http://127.0.0.1:${httpPort}`,
    invoke: async (name, event = {}) => {
      const url = `http://127.0.0.1:${lambdaPort}/2015-03-31/functions/retrigger-hooks-dev-${name}/invocations`;
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'x-amz-invocation-type': 'Event' },
        body: JSON.stringify(event),
      });
      await response.text();
      if (!response.ok) throw new Error(`invoking ${name} answered ${response.status}`);
    },
    exited,
    stop: () => stop(child),
  };
}

/** Once for all processes that are told the same file in BUNDLED: a run of the tests starts the functions often. */
async function bundle(): Promise<void> {
  const mark = process.env['BUNDLED'];
  if (mark !== undefined && existsSync(mark)) return;
  await bundleFunctions('dist');
  if (mark !== undefined) await writeFile(mark, '');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  // serverless-offline waits for open connections, but their other ends are gone.
  const impatient = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(impatient);
}

/** A free port of 127.0.0.1. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}
