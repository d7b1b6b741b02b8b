import { buildTask, repackageTask, signingTask } from './builds.ts';
import { dockerImages, dockerImageTask, toolchains, toolchainTask } from './cached-tasks.ts';
import type { PushContext } from './context.ts';
import type { TaskDefinition } from './definition.ts';
import { platforms, type Platform } from './platforms.ts';
import type { PushTask } from './push.ts';
import { chunksOf, type Chunk } from './suites.ts';
import { sourceTestTask, testTask, type TestInputs } from './tests.ts';
import type { Upstream } from './unscheduled.ts';

type State = PushTask['state'];

/** A test that was optimized away: in the full graph, but without a task. */
export interface LeftOut {
  platform: Platform;
  chunk: Chunk;
  inputs: TestInputs;
}

export interface Graph {
  tasks: Map<string, { definition: TaskDefinition; state: State }>;
  /** `public/label-to-taskid.json` of the decision task. */
  labelToTaskId: Record<string, string>;
  /** Tests on platforms that have a build, which in-tree actions can add. */
  leftOut: LeftOut[];
  /** What each test was made from, so that an action can make another one. */
  tests: Map<string, LeftOut>;
  upstream: Upstream;
}

const clamp = (value: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.floor(value)));

/**
 * At any size, the first build has passed, the second has failed and the third is running; of the rest, a few have
 * failed.
 */
const buildState = (at: number): State => {
  if (at === 1) return 'failed';
  if (at === 2) return 'running';
  return at % 9 === 8 ? 'exception' : 'completed';
};

/** The first ten tests show every state; then comes the usual mix. */
const firstTestStates: State[] = [
  'completed',
  'failed',
  'completed',
  'running',
  'completed',
  'pending',
  'exception',
];

const testState = (context: PushContext, at: number): State => {
  const forced = firstTestStates[at];
  if (forced) return forced;
  const draw = context.random.integer(100);
  if (draw < 88) return 'completed';
  if (draw < 95) return 'failed';
  if (draw < 96) return 'exception';
  return draw < 98 ? 'running' : 'pending';
};

/** How many tests each platform gets; one with a completed build gets twice as many. */
const shares = (total: number, states: readonly State[]): number[] => {
  const weights = states.map((state) => (state === 'completed' ? 2 : 1));
  const sum = weights.reduce((a, b) => a + b, 0);
  const counts = weights.map((weight) => Math.floor((total * weight) / sum));
  counts[0] = (counts[0] ?? 0) + total - counts.reduce((a, b) => a + b, 0);
  return counts;
};

/**
 * All tasks, except the decision task, of a push whose decision task scheduled `size` labels. The images and some of
 * the toolchains come from `earlier`, a push some weeks ago, by way of the index.
 */
export function generateGraph(context: PushContext, earlier: PushContext, size: number): Graph {
  const tasks: Graph['tasks'] = new Map();
  const labelToTaskId: Record<string, string> = {};
  const tests: Graph['tests'] = new Map();
  const leftOut: LeftOut[] = [];
  let count = 0;
  /** taskgraph creates the tasks one after another, so each has a different time. */
  const created = (origin = context): Date => {
    count += 1;
    return new Date(origin.pushed.getTime() + 480_000 + count * 7);
  };
  const add = (taskId: string, definition: TaskDefinition, state: State): string => {
    tasks.set(taskId, { definition, state });
    labelToTaskId[definition.metadata.name] = taskId;
    return taskId;
  };
  const { random } = context;

  const imageTaskIds = dockerImages(clamp(size / 200, 3, 30)).map((name) => {
    const taskId = random.slugid();
    return add(taskId, dockerImageTask(earlier, name, { taskId, created: created(earlier) }), 'completed');
  });
  const [baseImage = '', testImage = '', buildImage = ''] = imageTaskIds;
  const toolchainTaskIds = new Map(
    toolchains(clamp(size / 60, 4, 120)).map((name, at) => {
      const taskId = random.slugid();
      const origin = at % 2 === 0 ? earlier : context;
      const definition = toolchainTask(origin, name, { taskId, created: created(origin) }, baseImage);
      return [name, add(taskId, definition, 'completed')];
    }),
  );
  const buildToolchains = new Map([...toolchainTaskIds].slice(0, 10));
  const testToolchains = new Map([...toolchainTaskIds].slice(0, 2));

  const linters = clamp(size / 250, 2, 40);
  for (let at = 0; at < linters; at += 1) {
    const taskId = random.slugid();
    const name = ['eslint', 'py-ruff', 'clippy', 'yaml'][at] ?? `rule-${at}`;
    add(
      taskId,
      sourceTestTask(context, taskId, name, { imageTaskId: baseImage, created: created() }),
      'completed',
    );
  }

  const used = platforms.slice(0, clamp(3 + size / 200, 3, platforms.length));
  const states = used.map((_, at) => buildState(at));
  const testCounts = shares(size - tasks.size - 3 * used.length, states);
  const builds: Upstream['builds'] = [];
  used.forEach((platform, at) => {
    const state = states[at] ?? 'completed';
    const buildInputs = { imageTaskId: buildImage, toolchains: buildToolchains, created: created() };
    const buildTaskId = random.slugid();
    add(buildTaskId, buildTask(context, buildTaskId, platform, buildInputs), state);
    builds.push({ platform, buildTaskId });
    const followerState = state === 'completed' ? 'completed' : 'unscheduled';
    const signingTaskId = random.slugid();
    add(
      signingTaskId,
      signingTask(context, signingTaskId, platform, { buildTaskId, created: created() }),
      followerState,
    );
    const repackageTaskId = random.slugid();
    const repackageInputs = { buildTaskId, signingTaskId, imageTaskId: buildImage, created: created() };
    add(repackageTaskId, repackageTask(context, repackageTaskId, platform, repackageInputs), followerState);

    const wanted = testCounts[at] ?? 0;
    chunksOf(wanted + (at === 0 ? 2 : 0)).forEach((chunk, testAt) => {
      const inputs = { buildTaskId, imageTaskId: testImage, toolchains: testToolchains, created: created() };
      if (testAt >= wanted) {
        leftOut.push({ platform, chunk, inputs });
        return;
      }
      const taskId = random.slugid();
      const testsState =
        state === 'completed' ? testState(context, at === 0 ? testAt : Infinity) : 'unscheduled';
      add(taskId, testTask(context, taskId, platform, chunk, inputs), testsState);
      tests.set(taskId, { platform, chunk, inputs });
    });
  });
  const images = { base: baseImage, test: testImage, build: buildImage };
  return { tasks, labelToTaskId, leftOut, tests, upstream: { images, toolchains: testToolchains, builds } };
}
