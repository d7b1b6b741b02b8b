import { actionsJson, type ActionsSource } from '../../local/push/actions.ts';
import { slugid, orMissing, type Services, type Target } from './clients.ts';
import { decisionDefinition, PUSHLOG_ID, pushPath, REVISION, taskDefinition } from './definitions.ts';
import type { Deployment } from './deployment.ts';
import { fullTaskGraph } from './graph.ts';
import { eventually } from './eventually.ts';
import { wantedTasks } from './wanted-tasks.ts';
import { resolve, uploadJson, type Resolution, type TestWorker } from './worker.ts';

/** A push in the Taskcluster under test. */
export interface LivePush {
  decisionTaskId: string;
  /** The source of `public/actions.json`. */
  source: ActionsSource;
  /** @throws Error for a label that the push does not have */
  taskId(label: string): string;
}

/** Makes a push as CI does: a decision task creates its tasks, with its own credentials, and uploads its artifacts. */
export async function makePush(
  target: Target,
  { queue, index }: Services,
  deployment: Deployment,
  worker: TestWorker,
): Promise<LivePush> {
  const decisionTaskId = slugid();
  const now = new Date();
  const definition = decisionDefinition(deployment, decisionTaskId, {
    now,
    indexed: true,
    scopes: deployment.decisionScopes,
  });
  await queue.createTask(decisionTaskId, definition);
  const [decision] = await worker.claim(definition.taskQueueId, 1);
  if (!decision) throw new Error('claim answers at least one task');

  const labels: Record<string, string> = {};
  const taskIdOf = (label: string): string => {
    const taskId = labels[label];
    if (taskId === undefined) throw new Error(`the push has no task ${label}`);
    return taskId;
  };
  for (const wanted of wantedTasks) {
    const taskId = slugid();
    const builds = (wanted.builds ?? []).map(taskIdOf);
    const inputs = { now, decisionTaskId, builds, rootUrl: target.rootUrl };
    const creator = wanted.privileged ? queue : decision.queue;
    await creator.createTask(taskId, taskDefinition(deployment, taskId, wanted, inputs));
    labels[wanted.label] = taskId;
  }
  const source: ActionsSource = {
    decisionTaskId,
    repository: deployment.repository,
    revision: REVISION,
    pushlogId: PUSHLOG_ID,
    hook: deployment.hook,
  };
  await uploadJson(decision, 'public/actions.json', definition.expires, actionsJson(source));
  await uploadJson(decision, 'public/label-to-taskid.json', definition.expires, labels);
  await uploadJson(decision, 'public/full-task-graph.json', definition.expires, fullTaskGraph(deployment));
  await resolve(decision, 'completed');
  await eventually('the decision task is indexed', () =>
    orMissing(index.findTask(`${pushPath(deployment)}.decision`)),
  );

  const resolutions = wantedTasks.flatMap(({ label, resolution }): [string, Resolution][] =>
    resolution === undefined ? [] : [[taskIdOf(label), resolution]],
  );
  await worker.resolveAll(`${deployment.trustDomain}-1/worker`, new Map(resolutions));
  return { decisionTaskId, source, taskId: taskIdOf };
}

/** A decision task, with its own group, that may use no hook, like one that someone might lure a user to. */
export async function makeForeignDecision({ queue }: Services, deployment: Deployment): Promise<string> {
  const taskId = slugid();
  const definition = decisionDefinition(deployment, taskId, { now: new Date(), indexed: false, scopes: [] });
  await queue.createTask(taskId, { ...definition, taskQueueId: `${deployment.trustDomain}-1/nobody` });
  return taskId;
}
