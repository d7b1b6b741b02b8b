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
  /** For Node itself. */
  execArgv?: string[];
  /** Another file than the source, as a bundle. */
  file?: string;
  /** A file that stands in place of the pipe that is standard output. */
  stdout?: string;
}

/** `npm run serve` as a process of its own, as npm would run it, until the test ends at the latest. */
export class ServeProcess {
  readonly child: ChildProcess;
  /** Resolves with the exit code, or the signal that has killed it. */
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

  /** Against the local Taskcluster, both ways unless `args` say otherwise. */
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

  /** With settings that are all the test's own. */
  static bare(options: Options): ServeProcess {
    return new ServeProcess(options);
  }

  /** What it has written that is not JSON, as what is wrong with its settings. */
  get printed(): string {
    return this.#printed;
  }

  /** Lines of its log, so far. */
  get records(): readonly Record<string, unknown>[] {
    return this.#records;
  }

  /** The first line of this event, when it has come. @throws Error with all that was printed, if the process ends before */
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

  /** Its address, once it listens. */
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
