/**
 * `npm start`: a local Taskcluster with a push and the functions, one press of Treeherder's retrigger button, and what
 * came of it, in ms. Then keeps serving until Ctrl-C; with `--once` it ends there.
 */
import { readArguments, USAGE, UsageError } from './arguments.ts';
import { startEnvironment, type Environment } from './environment.ts';
import { untilInterrupted } from './interrupt.ts';
import { PushFormatError } from './push/load.ts';
import { directTimeline, printTimeline } from './timeline.ts';
import { pressRetrigger, TreeherderNotification } from './treeherder/button.ts';
import { Queue } from './treeherder/client.ts';

try {
  const options = readArguments(process.argv.slice(2));
  const log: string[] = [];
  const environment = await startEnvironment({
    ...options,
    functions: true,
    onLine: (line) => log.push(line),
  });
  try {
    const { taskcluster, push, hook } = environment;
    console.log(
      `Taskcluster  ${taskcluster.rootUrl}  (decision task ${push.decisionTaskId}, ${Object.keys(push.tasks).length} tasks)`,
    );
    console.log(`Functions    ${environment.functions?.url}  (hook ${hook.hookGroupId}/${hook.hookId})\n`);
    await retriggerDirectly(environment);
    if (!options.once) {
      console.log('\nServing until Ctrl-C.');
      await untilInterrupted(environment.functions?.exited);
    }
  } catch (error) {
    console.error(log.join('\n'));
    throw error;
  } finally {
    await environment.stop();
  }
} catch (error) {
  if (error instanceof UsageError || error instanceof PushFormatError) {
    console.error(`${error.message}\nusage: npm start -- [--once] ${USAGE}`);
    process.exitCode = 2;
  } else if (error instanceof TreeherderNotification) {
    console.error(error.message);
    process.exitCode = 1;
  } else {
    throw error;
  }
}

async function retriggerDirectly({ taskcluster, deployment, push }: Environment): Promise<void> {
  const label = failedTest(push);
  const { rootUrl } = taskcluster;
  taskcluster.clearCalls();
  await pressRetrigger(
    { rootUrl, userCredentials: deployment.user, decisionTaskId: push.decisionTaskId },
    { labels: [label] },
  );
  const created = taskcluster
    .calls()
    .filter(({ method, status }) => method === 'createTask' && status === 200);
  const taskIds = created.map(({ path }) => path.split('/').at(-1) ?? '');
  const queue = new Queue({ rootUrl });
  for (const taskId of taskIds) await untilPending(taskcluster, () => queue.status(taskId));
  const calls = taskcluster.calls();
  const seen = calls.findLast(({ method }) => method === 'status');
  if (taskIds.length === 0 || !seen) throw new Error(`nothing was created for ${label}`);
  console.log(printTimeline(`Retrigger of ${label}, the direct way`, directTimeline(calls, seen.endMs)));
  console.log(`  new task${taskIds.length > 1 ? 's' : ''}: ${taskIds.join(', ')}`);
}

/** A task as a developer would pick it: a test that has failed and may be cloned. */
function failedTest(push: Environment['push']): string {
  const cloneable = ({ task }: (typeof push.tasks)[string]) =>
    JSON.stringify(task['tags']).includes('"retrigger":"true"');
  const tests = Object.values(push.tasks).filter(cloneable);
  const test = tests.find(({ state }) => state === 'failed') ?? tests[0];
  if (!test) throw new Error('the push has no task that may be cloned');
  return test.label;
}

async function untilPending(
  taskcluster: Environment['taskcluster'],
  read: () => Promise<unknown>,
): Promise<void> {
  await taskcluster.until(async () => JSON.stringify(await read()).includes('"state":"pending"'));
}
