import { CommandError } from '../cli/command.ts';
import { startEnvironment, type Environment, type EnvironmentOptions } from './environment.ts';
import { untilInterrupted } from './interrupt.ts';
import { startPageServer } from './page-server.ts';
import { unscheduledTest } from './new-job.ts';
import type { Call } from './taskcluster/api.ts';
import { directTimeline, printTimeline, queuedTimeline } from './timeline.ts';
import { startToyWorker } from './toy-worker.ts';
import { pressRetrigger, submitCustomAction, TreeherderNotification } from './treeherder/button.ts';
import type { Triggered } from './treeherder/submit.ts';
import { Queue } from './treeherder/client.ts';

/**
 * Starts everything, retriggers a task each way, adds a new job and prints the timelines. The direct way is shown twice:
 * its first call also loads the function's code and the list of the push's labels. Then serves the push until
 * Ctrl-C, unless `once` is set.
 *
 * @throws CommandError with what Treeherder would show if a retrigger fails
 */
export async function showRetriggers(
  options: Pick<EnvironmentOptions, 'port' | 'latencyMs' | 'push'>,
  once: boolean,
): Promise<void> {
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
    const label = failedTest(push);
    const retrigger = (session: Session) => pressRetrigger(session, { labels: [label] });
    await show(
      'direct',
      `Retrigger of ${label}, the direct way, first call of the function`,
      retrigger,
      environment,
    );
    await show('direct', 'The same again, the direct way', retrigger, environment);
    await show('queued', 'The same again, the queued way', retrigger, environment);
    const unscheduled = unscheduledTest(push);
    if (unscheduled !== undefined) {
      const action = { name: 'add-new-jobs', taskId: null, input: { tasks: [unscheduled] } };
      const add = (session: Session) => submitCustomAction(session, action);
      await show('direct', `New job ${unscheduled}, the direct way`, add, environment);
    }
    if (!once) await serve(environment);
  } catch (error) {
    console.error(log.join('\n'));
    if (error instanceof TreeherderNotification) throw new CommandError(error.message, { cause: error });
    throw error;
  } finally {
    await environment.stop();
  }
}

/** Serves the page and runs pending jobs until Ctrl-C. */
async function serve(environment: Environment): Promise<void> {
  const { taskcluster, deployment, push, functions } = environment;
  const toy = startToyWorker(taskcluster, jobQueues(push), 5_000);
  const page = await startPageServer(environment, deployment.user);
  console.log(`Page         ${page.url}  (the push, with its retrigger button)\n`);
  console.log('A toy worker runs the pending jobs, 5 s each. Serving until Ctrl-C.');
  await untilInterrupted(functions?.exited);
  toy.stop();
  await page.close();
}

type Session = Parameters<typeof pressRetrigger>[0];

/** Submits one action as Treeherder does, and prints its timeline. */
async function show(
  way: 'direct' | 'queued',
  title: string,
  press: (session: Session) => Promise<Triggered>,
  environment: Environment,
): Promise<void> {
  const { taskcluster, deployment, push } = environment;
  const { rootUrl, internalRootUrl } = taskcluster;
  const queue = new Queue({ rootUrl });
  taskcluster.clearCalls();
  const { taskId } = await press({
    rootUrl,
    // Without the ingress rule, the trigger reaches the hooks service and the wrapped hook: the queued way.
    hooksRootUrl: way === 'direct' ? rootUrl : internalRootUrl,
    userCredentials: deployment.user,
    decisionTaskId: push.decisionTaskId,
  });
  if (way === 'queued') await taskcluster.until(() => taskcluster.calls().some(isReported));
  const calls = taskcluster.calls();
  const creations = calls.filter(
    ({ service, method, status }) => service === 'queue' && method === 'createTask' && status === 200,
  );
  const taskIds = creations.map(({ path }) => path.split('/').at(-1) ?? '');
  if (taskIds.length === 0) throw new Error(`${title}: nothing was created; see ${rootUrl}/local/calls`);
  for (const id of taskIds) {
    const state = await readState(queue, id);
    if (state !== 'pending') throw new Error(`the new task ${id} is ${state}, and should be pending`);
  }
  // A task whose dependencies have completed is pending once createTask has answered.
  const pendingMs = Math.max(...creations.map(({ endMs }) => endMs));
  const steps =
    way === 'direct' ? directTimeline(calls, pendingMs) : queuedTimeline(calls, taskId, pendingMs);
  console.log(printTimeline(title, steps));
  if (way === 'queued') console.log(`  action task: ${taskId}`);
  console.log(`  new task: ${taskIds.join(', ')}\n`);
}

function isReported({ method, endMs }: Call): boolean {
  return method.startsWith('report') && endMs > 0;
}

/** The task queues of the push's tests. */
function jobQueues(push: Environment['push']): string[] {
  const queues = Object.values(push.tasks).map(({ task }) => String(task['taskQueueId']));
  return [...new Set(queues)].filter((queue) => /^[a-z]+-t\//.test(queue));
}

/** A task that a developer would pick: a failed test that may be cloned. */
function failedTest(push: Environment['push']): string {
  const cloneable = ({ task }: (typeof push.tasks)[string]) =>
    JSON.stringify(task['tags']).includes('"retrigger":"true"');
  const tests = Object.values(push.tasks).filter(cloneable);
  const test = tests.find(({ state }) => state === 'failed') ?? tests[0];
  if (!test) throw new Error('the push has no task that may be cloned');
  return test.label;
}

async function readState(
  queue: { status(taskId: string): Promise<unknown> },
  taskId: string,
): Promise<string> {
  const answer = await queue.status(taskId);
  return /"state":"([a-z]+)"/.exec(JSON.stringify(answer))?.[1] ?? 'unknown';
}
