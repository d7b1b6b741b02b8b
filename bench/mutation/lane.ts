import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isObject } from '../../functions/tasks/shapes.ts';
import type { Answer, Job } from './session.ts';
import { ROOT, type Way } from './tests.ts';

const SESSION = fileURLToPath(new URL('session.ts', import.meta.url));

/** Runs tests in a separate process, which is restarted when a mutant hangs it. */
export class Lane {
  readonly #files: readonly string[];
  readonly #way: Way;
  readonly #env: Record<string, string>;
  #child: Promise<ChildProcess> | undefined;

  constructor(files: readonly string[], way: Way, env: Record<string, string> = {}) {
    this.#files = files;
    this.#way = way;
    this.#env = env;
  }

  /**
   * @param progress its value changes while there is progress
   * @returns undefined if there was neither an answer nor progress for that long, and the process was killed
   */
  async run(
    job: Job,
    timeoutMs: number,
    progress: () => Promise<string> = async () => '',
  ): Promise<Answer | undefined> {
    this.#child ??= this.#start();
    const child = await this.#child;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    let seen = '';
    const check = async () => {
      const now = await progress();
      if (now === seen) resolve(undefined);
      else timer.refresh();
      seen = now;
    };
    const timer = setTimeout(() => void check(), timeoutMs);
    child.once('message', resolve).once('exit', resolve);
    child.send(job);
    const answer = await promise;
    clearTimeout(timer);
    child.off('message', resolve).off('exit', resolve);
    if (isAnswer(answer)) return answer;
    await this.stop();
    return undefined;
  }

  async stop(): Promise<void> {
    const child = await this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(SESSION, [this.#way, ...this.#files], {
      cwd: ROOT,
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    });
    await once(child, 'message');
    return child;
  }
}

function isAnswer(value: unknown): value is Answer {
  return isObject(value) && isObject(value['durations']) && Array.isArray(value['failedFiles']);
}
