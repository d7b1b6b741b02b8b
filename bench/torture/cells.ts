import { generatePush } from '../../local/push/generate.ts';
import type { Push } from '../../local/push/push.ts';
import { isObject } from '../../functions/tasks/shapes.ts';
import type { LocalTaskcluster } from '../../local/taskcluster/api.ts';
import { Queue } from '../../local/treeherder/client.ts';
import { payloadOf } from '../cases.ts';
import type { Way } from '../measure.ts';
import { direct, queued, type Attempt, type Disturbance } from './attempt.ts';
import { placesOf, type Place } from './calls.ts';
import type { Found } from './findings.ts';
import { judge, type Judgement } from './judge.ts';
import type { Scenario, Wanted } from './scenarios.ts';
import type { Stage } from './stage.ts';

const WAYS = { direct, queued };
const PUSH_SIZE = 60;

export interface Cell extends Judgement {
  reached: boolean;
}

/** The calls of a clean run, each of which can fail. */
export async function placesIn(stage: Stage, way: Way, scenario: Scenario): Promise<Place[]> {
  const { calls, judgement } = await perform(stage, way, scenario);
  const expected = scenario.ask(newPush(stage)).wanted.forwarded ? 'forwarded' : 'done';
  if (judgement.verdict !== expected)
    throw new Error(
      `${scenario.name}, ${way}: a clean run is ${judgement.verdict}: ${judgement.problems.join('; ')}`,
    );
  return placesOf(calls);
}

/** Performs a scenario with one trouble, waits until that is over, and judges the result. */
export async function cell(
  stage: Stage,
  way: Way,
  scenario: Scenario,
  disturbance: Disturbance,
): Promise<Cell> {
  const { reached, judgement } = await perform(stage, way, scenario, disturbance);
  const unexpected = stage.unexpected.splice(0).map((error) => `an unexpected error: ${error}`);
  const problems = [...judgement.problems, ...unexpected];
  return { reached, verdict: problems.length > 0 ? 'wrong' : judgement.verdict, problems };
}

async function perform(
  stage: Stage,
  way: Way,
  scenario: Scenario,
  disturbance?: Disturbance,
): Promise<Pick<Attempt, 'calls' | 'reached'> & { judgement: Judgement }> {
  const push = newPush(stage);
  const { input, taskId, wanted } = scenario.ask(push);
  stage.tc.loadPush(push);
  const { name, callback } = scenario;
  const asked = { name, earlier: 0, callback, input: () => ({ input, taskId }) };
  const payload = payloadOf(push, asked);
  if (!isObject(payload)) throw new Error('a payload is an object');
  const { told, calls, reached } = await WAYS[way](stage, payload, disturbance);
  return { calls, reached, judgement: judge(await look(stage, push, wanted), told, wanted) };
}

let seed = 0;
function newPush({ tc }: Stage): Push {
  return generatePush({ size: PUSH_SIZE, seed: ++seed, rootUrl: tc.rootUrl, now: new Date() });
}

/** Finds everything that was added to the push. */
async function look({ tc }: Stage, push: Push, wanted: Wanted): Promise<Found> {
  const fresh = tc.groupTasks(push.decisionTaskId).filter(({ taskId }) => !(taskId in push.tasks));
  const clones = new Map<string, string[]>();
  const fullActions: string[] = [];
  for (const { taskId, definition } of fresh) {
    const { tags, taskQueueId, metadata } = definition;
    const isAction = isObject(tags) && tags['kind'] === 'action-callback';
    if (isAction && String(taskQueueId).endsWith('/retrigger')) continue;
    if (isAction) fullActions.push(taskId);
    else {
      const label = isObject(metadata) ? String(metadata['name']) : '';
      clones.set(label, [...(clones.get(label) ?? []), taskId]);
    }
  }
  const queue = new Queue({ rootUrl: tc.rootUrl });
  const reruns: string[] = [];
  for (const taskId of wanted.reruns) {
    const answer: unknown = await queue.status(taskId);
    const runs = isObject(answer) && isObject(answer['status']) ? answer['status']['runs'] : [];
    const count = Array.isArray(runs)
      ? runs.filter((run) => isObject(run) && run['reasonCreated'] === 'rerun').length
      : 0;
    reruns.push(...Array.from({ length: count }, () => taskId));
  }
  return { clones, reruns, canceled: await canceledIn(tc, push), fullActions };
}

/** Tasks of the group that were canceled since the push was loaded. */
async function canceledIn(tc: LocalTaskcluster, push: Push): Promise<string[]> {
  const queue = new Queue({ rootUrl: tc.rootUrl });
  const canceled: string[] = [];
  for (const task of tc.groupTasks(push.decisionTaskId)) {
    const { taskId } = task;
    if (task.state() !== 'exception' || push.tasks[taskId]?.state === 'exception') continue;
    const answer: unknown = await queue.status(taskId);
    const runs = isObject(answer) && isObject(answer['status']) ? answer['status']['runs'] : [];
    const last: unknown = Array.isArray(runs) ? runs.at(-1) : undefined;
    if (isObject(last) && last['reasonResolved'] === 'canceled') canceled.push(taskId);
  }
  return canceled;
}
