import { text } from '../../functions/taskcluster/answers.ts';
import { orMissing, slugid } from './clients.ts';
import { pushPath, taskDefinition } from './definitions.ts';
import { eventually } from './eventually.ts';
import type { Live } from './live.ts';
import { wantedTasks } from './wanted-tasks.ts';
import { resolve, uploadJson, type Claim } from './worker.ts';

export interface EarlierAction {
  taskId: string;
  /** Label → the new task. */
  made: Record<string, string>;
}

/**
 * Performs an action the slow way: the real hook creates the action task, which runs these labels again and leaves
 * their map as an artifact, found through the index.
 */
export async function performEarlierAction(live: Live, labels: string[]): Promise<EarlierAction> {
  const { target, deployment, push, services } = live;
  const payload = live.payload('retrigger-multiple', {
    input: { requests: [{ tasks: labels }] },
    taskId: null,
  });
  const taskId = await live.triggerHook(payload, deployment.fullHook);
  const action = await claimTask(live, `${deployment.trustDomain}-1/decision`, taskId);

  const now = new Date();
  const made: Record<string, string> = {};
  for (const label of labels) {
    const wanted = wantedTasks.find((one) => one.label === label);
    if (!wanted) throw new Error(`the push has no task ${label}`);
    const builds = (wanted.builds ?? []).map((build) => made[build] ?? push.taskId(build));
    const { rootUrl } = target;
    const newTaskId = slugid();
    const inputs = { now, decisionTaskId: push.decisionTaskId, builds, rootUrl, parent: taskId };
    await action.queue.createTask(newTaskId, taskDefinition(deployment, newTaskId, wanted, inputs));
    made[label] = newTaskId;
  }
  const { expires } = await live.task(taskId);
  await uploadJson(action, 'public/label-to-taskid.json', text('expires', expires), made);
  await resolve(action, 'completed');
  await eventually('the action task is indexed', () =>
    orMissing(services.index.findTask(`${pushPath(deployment)}.actions.${taskId}`)),
  );
  return { taskId, made };
}

/** Claims one task. Tasks that other cases have left in the queue before it are failed. */
async function claimTask(live: Live, taskQueueId: string, taskId: string): Promise<Claim> {
  for (;;) {
    const claims = await live.worker.claim(taskQueueId, 32);
    const others = claims.filter((claim) => claim.taskId !== taskId);
    await Promise.all(others.map((claim) => resolve(claim, 'failed')));
    const claim = claims.find((one) => one.taskId === taskId);
    if (claim) return claim;
  }
}
