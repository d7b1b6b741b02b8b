import { buildTask, repackageTask, signingTask } from './builds.ts';
import { toolchainTask } from './cached-tasks.ts';
import type { PushContext } from './context.ts';
import type { TaskDefinition } from './definition.ts';
import type { Platform } from './platforms.ts';
import { singleChunks } from './suites.ts';
import { sourceTestTask, testTask } from './tests.ts';

/** A platform without any scheduled task. */
const fuzzing: Platform = {
  build: 'linux64-fuzzing',
  type: 'opt',
  test: 'linux2404-64-fuzzing',
  os: 'linux',
  installer: 'target.tar.xz',
  testQueue: 'gecko-t/t-linux-docker-noscratch-amd',
};

/** Tasks of a push that others depend on. */
export interface Upstream {
  /** Images, by what runs in them. */
  images: { base: string; test: string; build: string };
  /** Toolchain name → taskId. */
  toolchains: ReadonlyMap<string, string>;
  builds: { platform: Platform; buildTaskId: string }[];
}

type Definitions = Map<string, TaskDefinition>;

export interface Unscheduled {
  /** By made-up taskIds, which stand for the labels in the definitions of the others. */
  definitions: Definitions;
  /** Tasks of an earlier push, in the index, that taskgraph would reuse for some of these labels. */
  indexed: Definitions;
}

/**
 * What the full graph of a push has but was not scheduled: a platform with a build, the tasks that follow it, and
 * tests; two toolchains of that build, one of them already made by an earlier push; and tests that were optimized away,
 * on each platform and of the source.
 */
export function unscheduledTasks(
  context: PushContext,
  earlier: PushContext,
  upstream: Upstream,
): Unscheduled {
  const { images, builds } = upstream;
  const definitions: Definitions = new Map();
  const created = new Date(context.pushed.getTime() + 480_000);
  const add = (make: (taskId: string) => TaskDefinition): string => {
    const taskId = context.random.slugid();
    definitions.set(taskId, make(taskId));
    return taskId;
  };
  const toolchain = (origin: PushContext, name: string) =>
    add((taskId) => toolchainTask(origin, name, { taskId, created }, images.base));
  const tests = (platform: Platform, buildTaskId: string, variant: string) => {
    const inputs = { buildTaskId, imageTaskId: images.test, toolchains: upstream.toolchains, created };
    for (const chunk of singleChunks(2, variant))
      add((taskId) => testTask(context, taskId, platform, chunk, inputs));
  };

  const upx = toolchain(earlier, 'upx');
  const indexed = new Map([...definitions].filter(([taskId]) => taskId === upx));
  const toolchains = new Map([
    ...upstream.toolchains,
    ['upx', upx],
    ['honggfuzz', toolchain(context, 'honggfuzz')],
  ]);
  const buildTaskId = add((taskId) =>
    buildTask(context, taskId, fuzzing, { imageTaskId: images.build, toolchains, created }),
  );
  const signingTaskId = add((taskId) => signingTask(context, taskId, fuzzing, { buildTaskId, created }));
  const repackage = { buildTaskId, signingTaskId, imageTaskId: images.build, created };
  add((taskId) => repackageTask(context, taskId, fuzzing, repackage));
  tests(fuzzing, buildTaskId, '');

  for (const { platform, buildTaskId: scheduled } of builds) tests(platform, scheduled, '-a11y-checks');
  for (const name of ['stylelint', 'shellcheck'])
    add((taskId) => sourceTestTask(context, taskId, name, { imageTaskId: images.base, created }));
  return { definitions, indexed };
}
