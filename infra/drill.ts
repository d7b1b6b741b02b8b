/**
 * `npm run drill -- NAME`: breaks something in a local environment, presses Treeherder's button, and prints what the
 * functions log and measure: what docs/runbook.md tells people to look at. Ends by itself.
 */
import { runCommand } from '../cli/command.ts';
import { startEnvironment, type Environment } from '../local/environment.ts';
import type { Fault } from '../local/taskcluster/api.ts';
import { pressRetrigger, TreeherderNotification } from '../local/treeherder/button.ts';

interface Drill {
  what: string;
  way: 'direct' | 'queued';
  /** Which call fails, and how. */
  faults?: Fault[];
  latencyMs?: number;
  /** Settings of the functions. */
  env?: Record<string, string>;
  /** Waits for this event; then the drill is over. */
  until: string;
  /** False if the function does not get as far as measuring anything. */
  metrics?: false;
}

const ALWAYS = 1_000_000;
const TIMEOUT_MS = 60_000;

const DRILLS: Record<string, Drill> = {
  'worker-silent': {
    what: 'the queue answers no claim',
    way: 'queued',
    faults: [{ method: 'claimWork', status: 500, times: ALWAYS }],
    until: 'poll-failed',
  },
  'wrong-token': {
    what: 'the access token is refused',
    way: 'direct',
    faults: [{ method: 'authenticateHawk', status: 401, times: ALWAYS }],
    until: 'taskcluster-failed',
  },
  unreadable: {
    what: 'the index cannot be read',
    way: 'direct',
    faults: [{ method: 'listTasks', status: 500, times: ALWAYS }],
    until: 'action-done',
  },
  refused: {
    what: 'the queue refuses to create tasks',
    way: 'direct',
    faults: [{ method: 'createTask', status: 403, times: ALWAYS }],
    until: 'action-done',
  },
  slow: { what: 'each call takes 3 s', way: 'direct', latencyMs: 3_000, until: 'action-done' },
  'lost-answers': {
    what: 'tasks are created, and the answers get lost',
    way: 'queued',
    faults: [{ method: 'createTask', drop: 'after', times: 2 }],
    until: 'resolved',
  },
  'bad-settings': {
    what: 'a setting is wrong',
    way: 'direct',
    env: { KILL_SWITCH: 'everything' },
    until: 'unexpected-error',
    metrics: false,
  },
  'kill-switch': {
    what: 'the kill switch is set for the trust domain and level',
    way: 'direct',
    env: { KILL_SWITCH: 'gecko-3' },
    until: 'action-done',
  },
};

/** Waits until the functions have logged an event, and their metrics after it. */
class Watch {
  readonly #drill: Drill;
  readonly #done = Promise.withResolvers<void>();
  #seen = false;

  constructor(drill: Drill) {
    this.#drill = drill;
  }

  line(line: string): void {
    if (!line.startsWith('{')) return;
    console.log(line);
    if (line.includes(`"event":"${this.#drill.until}"`)) this.#seen = true;
    if (this.#seen && (line.includes('"_aws"') || this.#drill.metrics === false)) this.#done.resolve();
  }

  async wait(): Promise<void> {
    const timer = setTimeout(
      () => this.#done.reject(new Error(`no ${this.#drill.until} within ${TIMEOUT_MS / 1000} s`)),
      TIMEOUT_MS,
    );
    await this.#done.promise;
    clearTimeout(timer);
  }
}

async function run(drill: Drill): Promise<void> {
  const watch = new Watch(drill);
  Object.assign(process.env, drill.env);
  const environment = await startEnvironment({
    port: 0,
    latencyMs: drill.latencyMs ?? 0,
    push: { size: 50 },
    functions: true,
    onLine: (line) => watch.line(line),
  });
  try {
    environment.taskcluster.setFaults(drill.faults ?? []);
    console.log('--- the button is pressed');
    await press(environment, drill.way);
    await watch.wait();
  } finally {
    await environment.stop();
  }
}

async function press({ taskcluster, deployment, push }: Environment, way: Drill['way']): Promise<void> {
  const { rootUrl, internalRootUrl } = taskcluster;
  const failed = Object.values(push.tasks).find(
    ({ task, state }) => state === 'failed' && JSON.stringify(task['tags']).includes('"retrigger":"true"'),
  );
  try {
    const { taskId } = await pressRetrigger(
      {
        rootUrl,
        hooksRootUrl: way === 'direct' ? rootUrl : internalRootUrl,
        userCredentials: deployment.user,
        decisionTaskId: push.decisionTaskId,
      },
      { labels: [failed?.label ?? ''] },
    );
    console.log(`--- Treeherder shows: ${taskId}`);
  } catch (error) {
    if (!(error instanceof TreeherderNotification)) throw error;
    console.log(`--- Treeherder shows: ${error.message}`);
  }
}

await runCommand(
  {
    script: 'drill',
    about: 'Breaks a local deployment in one way, presses the button, and shows what the functions log.',
    argument: {
      value: 'NAME',
      choices: Object.fromEntries(Object.entries(DRILLS).map(([name, { what }]) => [name, what])),
    },
    options: {},
  },
  async (_values, name) => {
    const drill = DRILLS[name];
    if (drill) await run(drill);
  },
);
