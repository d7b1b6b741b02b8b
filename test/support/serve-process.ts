import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { isObject } from '../../functions/tasks/shapes.ts';
import type { QueuedWay } from './queued-way.ts';

const root = new URL('../..', import.meta.url);

interface Options {
  args?: string[];
  env?: Record<string, string | undefined>;
  /** Options of Node. */
  execArgv?: string[];
  /** A file other than the source, such as a bundle. */
  file?: string;
  /** A file for standard output, instead of a pipe. */
  stdout?: string;
}

/** `npm run serve` as a separate process, as npm would run it, at most until the test ends. */
export class ServeProcess {
  readonly child: ChildProcess;
  /** Resolves with the exit code, or the signal that killed it. */
  readonly ended: Promise<unknown>;
  readonly #records: Record<string, unknown>[] = [];
  readonly #news = new EventEmitter();
  #printed = '';

  private constructor({ args = [], env = {}, execArgv = [], file, stdout = '' }: Options) {
    const out = stdout === '' ? 'pipe' : openSync(stdout, 'w');
    this.child = spawn(process.execPath, [...execArgv, file ?? 'functions/serve/main.ts', ...args], {
      cwd: root,
      env: { ...process.env, PORT: '0', ...env },
      stdio: ['ignore', out, 'pipe'],
    });
    onTestFinished(() => void this.child.kill('SIGKILL'));
    this.ended = once(this.child, 'close').then(([code, signal]: unknown[]) => code ?? signal);
    for (const stream of [this.child.stdout, this.child.stderr])
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#read(line));
  }

  /** For the local Taskcluster; both ways unless `args` say otherwise. */
  static start({ tc, deployment: { trigger, worker } }: QueuedWay, options: Options = {}): ServeProcess {
    return new ServeProcess({
      ...options,
      env: {
        TASKCLUSTER_ROOT_URL: tc.rootUrl,
        HOOKS_ROOT_URL: tc.internalRootUrl,
        TRIGGER_TASKCLUSTER_CLIENT_ID: trigger.clientId,
        TRIGGER_TASKCLUSTER_ACCESS_TOKEN: trigger.accessToken,
        WORKER_TASKCLUSTER_CLIENT_ID: worker.clientId,
        WORKER_TASKCLUSTER_ACCESS_TOKEN: worker.accessToken,
        TASK_QUEUES: 'gecko-3/retrigger',
        ...options.env,
      },
    });
  }

  /** With only the given settings. */
  static bare(options: Options): ServeProcess {
    return new ServeProcess(options);
  }

  /** Its output that is not JSON, such as problems with its settings. */
  get printed(): string {
    return this.#printed;
  }

  /** Its log lines so far. */
  get records(): readonly Record<string, unknown>[] {
    return this.#records;
  }

  /**
   * The first line of this event, once it is there. @throws Error with everything printed, if the process ends first
   */
  async event(name: string): Promise<Record<string, unknown>> {
    const found = () => this.#records.find(({ event }) => event === name);
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
    const look = () => {
      const record = found();
      if (record) resolve(record);
    };
    this.#news.on('line', look);
    look();
    void this.ended.then((how) =>
      reject(
        new Error(`serve has ended (${String(how)}):\n${this.#printed}${JSON.stringify(this.#records)}`),
      ),
    );
    return promise.finally(() => this.#news.off('line', look));
  }

  /** Its URL, once it listens. */
  async url(): Promise<string> {
    return String((await this.event('serving'))['address']);
  }

  async get(path: string): Promise<{ status: number; body: string }> {
    const response = await fetch(`${await this.url()}${path}`);
    return { status: response.status, body: await response.text() };
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  #read(line: string): void {
    try {
      const record: unknown = JSON.parse(line);
      if (isObject(record)) this.#records.push(record);
    } catch {
      this.#printed += `${line}\n`;
    }
    this.#news.emit('line');
  }
}
