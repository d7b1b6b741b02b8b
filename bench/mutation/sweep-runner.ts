/**
 * A vitest runner that runs each test many times: unchanged, and then with one after another of the mutants that it
 * reaches. Nothing is loaded again, so a mutant takes no longer than the test itself.
 */
import { openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { TestRunner, type RunnerTask, type RunnerTestCase, type RunnerTestFile } from 'vitest';
import { trials, type Trials } from './trials.ts';

/** A mutant that is reached this much more often than without it has made a loop endless. */
const ENDLESS = { times: 20, plus: 100_000 };
/** In processor time. Most tests take less, and notice most mutants. The others run with the survivors. */
const QUICK_MS = 25;
/** Tests that take longer, mostly because they wait, are left out. On a busy machine each takes ten times as long. */
const TOO_SLOW_MS = 20_000;

/** The job from the main process. */
export interface SweepJob {
  /** Keys of mutants. */
  alive: string[];
  /** Only the quick tests, or only the others. */
  quick: boolean;
}

/** The lines for the main process. */
type SweepLine =
  | { killed: string; by: string }
  | {
      /** Reached only while a module was loaded. */
      loaded: string[];
      passed: string[];
      /** Processor time of each mutant that is still alive. */
      spent: Record<string, number>;
      /** Processor time of all tests, run once. */
      ms: number;
      /** How many tests are left for the second round. */
      slow: number;
      failing: string[];
    };

const folder = process.env['SWEEP'] ?? '';
const log = openSync(join(folder, 'log'), 'a');
const trying = openSync(join(folder, 'trying'), 'w');
const job: SweepJob = JSON.parse(readFileSync(join(folder, 'job.json'), 'utf8'));
const alive = new Set(job.alive);

let active: string | undefined;
/** What was reached since the last check, while no mutant was active. */
let passed = new Set<string>();
let times = 0;
let mostTimes = Infinity;
let unhandled = false;

Object.assign(globalThis, {
  __mutant: (file: string, id: number): boolean => {
    if (++times > mostTimes) throw new Error('an endless loop');
    const key = `${file}:${id}`;
    if (active !== undefined) return active === key;
    passed.add(key);
    return false;
  },
});
process.on('unhandledRejection', () => {
  unhandled = true;
});

export default class SweepRunner extends TestRunner {
  readonly #loaded = new Set<string>();
  readonly #passed = new Set<string>();
  readonly #spent = new Map<string, number>();
  readonly #failing: string[] = [];
  #ms = 0;
  #trials: Trials | undefined;
  /** Whether the test passed in the last trial. */
  #last = false;
  #running = false;
  #slow = 0;
  #started = 0;
  #startedCpu = 0;
  #usualTimes = 0;

  onCollected(files: RunnerTestFile[]): void {
    // Concurrent tests could not be told apart.
    const visit = (task: RunnerTask): void => {
      task.concurrent = false;
      if (task.type === 'suite') task.tasks.forEach(visit);
    };
    files.forEach(visit);
  }

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    await super.onBeforeRunTask(test);
    for (const key of look()) this.#loaded.add(key);
    test.repeats = Infinity;
    test.retry = 0;
    this.#trials = trials({
      look,
      isAlive: (key) => alive.has(key),
      onLoaded: (key) => this.#loaded.add(key),
      onPassed: (key) => this.#passed.add(key),
      onKilled: (key) => {
        alive.delete(key);
        say({ killed: key, by: nameOf(test) });
      },
    });
  }

  override onBeforeTryTask(test: RunnerTestCase, options: { retry: number; repeats: number }): void {
    super.onBeforeTryTask(test, options);
    if (test.result) test.result.attempts = [];
    const trial = this.#trials?.next(this.#last);
    this.#running = trial?.done === false;
    if (!trial || trial.done === true) {
      writeSync(trying, ' '.repeat(300), 0);
      return test.context.skip();
    }
    active = trial.value;
    mostTimes = active === undefined ? Infinity : this.#usualTimes * ENDLESS.times + ENDLESS.plus;
    times = 0;
    unhandled = false;
    this.#started = performance.now();
    this.#startedCpu = cpuMs();
    writeSync(trying, `${active ?? ''}|${nameOf(test)}`.slice(0, 150).padEnd(300), 0);
  }

  override async onAfterRetryTask(
    test: RunnerTestCase,
    options: { retry: number; repeats: number },
  ): Promise<void> {
    await super.onAfterRetryTask(test, options);
    if (!this.#running) return;
    const ms = cpuMs() - this.#startedCpu;
    const { result } = test;
    this.#last = result?.state === 'pass' && !unhandled;
    if (active !== undefined) {
      this.#spent.set(active, (this.#spent.get(active) ?? 0) + ms);
    } else {
      this.#usualTimes = times;
      if (options.repeats === 0) this.#ms += ms;
      if (!this.#last) this.#failing.push(nameOf(test));
      if (performance.now() - this.#started > TOO_SLOW_MS) this.#last = false;
      // Not the first run, which may have loaded modules.
      if (options.repeats === 1 && ms < QUICK_MS !== job.quick) {
        this.#last = false;
        if (job.quick) this.#slow++;
      }
    }
    active = undefined;
    if (result) delete result.errors;
  }

  override onAfterRunFiles(files: RunnerTestFile[]): void {
    super.onAfterRunFiles(files);
    say({
      loaded: [...this.#loaded].filter((key) => !this.#passed.has(key)),
      passed: [...this.#passed],
      spent: Object.fromEntries([...this.#spent].filter(([key]) => alive.has(key))),
      ms: this.#ms,
      slow: this.#slow,
      failing: this.#failing,
    });
  }
}

function say(line: SweepLine): void {
  writeSync(log, `${JSON.stringify(line)}\n`);
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function look(): ReadonlySet<string> {
  const seen = passed;
  passed = new Set();
  return seen;
}

function nameOf(test: RunnerTestCase): string {
  return `${test.file.name}: ${test.fullTestName}`;
}
