import { inTreeActionHook } from '../../local/push/taskcluster-yml.ts';
import { isObject } from '../../functions/tasks/shapes.ts';
import type { Call } from '../../local/taskcluster/api.ts';
import { Hooks, Queue } from '../../local/treeherder/client.ts';
import { randomTaskId } from '../../functions/tasks/task-id.ts';
import type { Place } from './calls.ts';
import { openDoor } from '../../test/support/door.ts';
import type { Told } from './findings.ts';
import { CALM, HASTY, type Pace, type Stage } from './stage.ts';
import type { Trouble } from './troubles.ts';

/** What fails, and where; undefined for a clean run. */
export interface Disturbance {
  place: Place;
  trouble: Trouble;
}

export interface Attempt {
  told: Told;
  /** The functions' calls, until the trouble was over. */
  calls: Call[];
  /** Whether the disturbed call was made at all. */
  reached: boolean;
}

/** As many as Taskcluster's clients make. */
const CLIENT_TRIES = 3;
const hook = inTreeActionHook(3, 'generic');

/** The direct way, with a client that retries a 5xx, as all clients do. */
export async function direct(stage: Stage, payload: object, disturbance?: Disturbance): Promise<Attempt> {
  const { tc, gateway, deployment } = stage;
  const kills = disturbance?.trouble.kill !== undefined;
  const pace = paceOf(disturbance);
  const door = await openDoor(tc.rootUrl);
  const doomed = stage.trigger(door.url, pace);
  const next = stage.trigger(tc.rootUrl, pace);
  tc.clearCalls();
  disturb(stage, disturbance);
  const over = new AbortController();
  const killed = kills ? untilFaulted(stage, over.signal) : new Promise<never>(() => undefined);
  let invocations = 0;
  gateway.handler = (event, context) => {
    invocations++;
    if (!kills || invocations > 1) return next(event, context);
    // What a gateway answers if a function has died.
    return Promise.race([
      doomed(event, context),
      killed.then(() => {
        door.shut();
        tc.setFaults([]);
        return { statusCode: 502, body: '{"message":"Internal Server Error"}' };
      }),
    ]);
  };
  const hooks = new Hooks({ rootUrl: gateway.url, credentials: deployment.user, retries: 0 });
  // This client signs each try again. Without an id in the payload, nothing would show that they are the same call (ADR
  // 22).
  const sent = kills ? { ...payload, taskId: randomTaskId() } : payload;
  let told: Told = { success: false, status: 0, text: '' };
  for (let attempt = 1; attempt <= CLIENT_TRIES; attempt++) {
    told = await hooks.triggerHook(hook.hookGroupId, hook.hookId, sent).then(
      (answer): Told => ({ success: true, status: 200, text: JSON.stringify(answer) }),
      (error: unknown): Told => ({ success: false, ...readError(error) }),
    );
    if (told.success || Number(told.status) < 500) break;
  }
  const calls = tc.calls();
  over.abort();
  tc.setFaults([]);
  await stage.quiet();
  door.shut();
  return { told, calls, reached: calls.some(({ faulted }) => faulted) };
}

/** The queued way: one run of the worker with trouble, then as many as needed without. */
export async function queued(stage: Stage, payload: object, disturbance?: Disturbance): Promise<Attempt> {
  const { tc, deployment } = stage;
  const hooks = new Hooks({ rootUrl: tc.rootUrl, credentials: deployment.user });
  const answer: unknown = await hooks.triggerHook(hook.hookGroupId, hook.hookId, payload);
  const action = isObject(answer) ? String(answer['taskId']) : '';
  const door = await openDoor(tc.rootUrl);
  tc.clearCalls();
  disturb(stage, disturbance);
  const run = stage.work(door.url, paceOf(disturbance));
  const over = new AbortController();
  await (disturbance?.trouble.kill === undefined
    ? run
    : Promise.race([run, untilFaulted(stage, over.signal)]));
  const calls = tc.calls();
  over.abort();
  door.shut();
  tc.setFaults([]);
  await stage.quiet();
  for (let runs = 0; runs < 4 && !(await isResolved(stage, action)); runs++) {
    tc.expireClaims();
    await stage.work(tc.rootUrl, CALM);
  }
  return { told: await whatWasTold(stage, action), calls, reached: calls.some(({ faulted }) => faulted) };
}

function disturb({ tc }: Stage, disturbance: Disturbance | undefined): void {
  if (!disturbance) return;
  const { place, trouble } = disturbance;
  // A process that is killed at a call never sees its answer.
  const fault = trouble.fault ?? { hang: trouble.kill ?? 'before' };
  tc.setFaults([{ ...place, ...fault }]);
}

/** Resolves when a call has been hit, or when `over` is aborted. */
function untilFaulted({ tc }: Stage, over: AbortSignal): Promise<void> {
  return tc.untilCalls((calls) => calls.some(({ faulted }) => faulted), { signal: over });
}

function paceOf(disturbance: Disturbance | undefined): Pace {
  const fault = disturbance?.trouble.fault;
  // Permanent trouble uses up all the time; a slow call must take longer than one try may.
  return fault?.times === undefined && fault?.delayMs === undefined ? CALM : HASTY;
}

async function isResolved({ tc }: Stage, action: string): Promise<boolean> {
  const state = await stateOf(tc.rootUrl, action);
  return state !== 'pending' && state !== 'running';
}

async function stateOf(rootUrl: string, taskId: string): Promise<string> {
  const answer: unknown = await new Queue({ rootUrl }).status(taskId);
  return isObject(answer) && isObject(answer['status']) ? String(answer['status']['state']) : '';
}

/** The state of the action task and its log, which developers read. */
async function whatWasTold({ tc }: Stage, action: string): Promise<Told> {
  const status = await stateOf(tc.rootUrl, action);
  const queue = new Queue({ rootUrl: tc.rootUrl });
  const url = queue.buildUrl(queue.getLatestArtifact, action, 'public/logs/live_backing.log');
  const text = await (await fetch(url)).text();
  return { success: status === 'completed', status, text };
}

function readError(error: unknown): { status: number; text: string } {
  if (!(error instanceof Error)) throw error;
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 0;
  return { status, text: error.message };
}
