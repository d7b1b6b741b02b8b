import type { Call } from './taskcluster/api.ts';

/** One step of a retrigger, in ms since the click. */
export interface Step {
  name: string;
  atMs: number;
  detail: string;
}

/** How an action writes to tasks, and the name of the step. */
const WRITES = new Map([
  ['createTask', 'created'],
  ['rerunTask', 'rerun'],
  ['cancelTask', 'canceled'],
]);

/**
 * The steps of the direct way from a click to the new tasks, from the calls that the local Taskcluster recorded.
 *
 * @param calls of this one retrigger, in order, starting with Treeherder's first call
 * @param pendingMs when the new tasks were first seen pending, by the clock of the calls
 */
export function directTimeline(calls: readonly Call[], pendingMs: number): Step[] {
  const { step, clickStep } = clock(calls);
  const trigger = calls.find(({ service }) => service === 'functions');
  const inside = calls.filter((call) => trigger && call.startMs > trigger.startMs && call !== trigger);
  const authenticated = inside.filter(({ method }) => method === 'authenticateHawk');
  const { reads, writes } = split(inside.filter((call) => !authenticated.includes(call)));
  return [
    clickStep,
    step('triggered', trigger?.startMs, 'hooks.triggerHook, sent by the ingress to the trigger function'),
    step('authenticated', lastEnd(authenticated), 'auth.authenticateHawk'),
    step('read', lastEnd(reads), `${reads.length} calls: labels, definitions, states`),
    ...writeSteps(writes, pendingMs, step),
  ];
}

/**
 * The steps of the queued way. The wait for the claim is due to the queue, which looks for work once a second.
 *
 * @param taskId of the action task
 */
export function queuedTimeline(calls: readonly Call[], taskId: string, pendingMs: number): Step[] {
  const { step, clickStep } = clock(calls);
  const trigger = calls.find(({ method }) => method === 'triggerHook');
  const own = (call: Call) => call.path.includes(`${taskId}/`);
  // The claiming poll may have started before the click; calls with the claim's credentials have not.
  const after = calls.filter((call) => call.clientId?.startsWith(`task-client/${taskId}/`) || own(call));
  const claimedMs = after.length === 0 ? undefined : Math.min(...after.map(({ startMs }) => startMs));
  const { reads, writes } = split(after.filter((call) => !own(call)));
  const uploads = after.filter((call) => own(call) && !call.method.startsWith('report'));
  const reported = after.filter((call) => own(call) && call.method.startsWith('report'));
  return [
    clickStep,
    step('triggered', trigger?.endMs, 'hooks.triggerHook: the wrapped hook creates the action task'),
    step('claimed', claimedMs, 'by the worker function, which holds a long poll'),
    step('read', lastEnd(reads), `${reads.length} calls: labels, definitions, states`),
    ...writeSteps(writes, pendingMs, step),
    step('uploaded', lastEnd(uploads), 'log and artifacts of the action task'),
    step('resolved', lastEnd(reported), `the action task: ${reported[0]?.method}`),
  ];
}

function clock(calls: readonly Call[]) {
  const click = calls[0]?.startMs ?? 0;
  const step = (name: string, at: number | undefined, detail: string): Step => {
    if (at === undefined) throw new Error(`the calls show nothing that was ${name}`);
    return { name, atMs: at - click, detail };
  };
  return { step, clickStep: step('click', click, 'Treeherder loads actions.json and checks the scopes') };
}

export function writesIn(calls: readonly Call[]): Call[] {
  return calls.filter(({ method }) => WRITES.has(method));
}

/** Separates the reads before the first write from the writes. */
function split(calls: readonly Call[]): { reads: Call[]; writes: Call[] } {
  const written = writesIn(calls);
  const first = Math.min(...written.map(({ startMs }) => startMs));
  return { reads: calls.filter(({ startMs }) => startMs < first), writes: written };
}

/** One step for each kind of write. Canceled tasks do not become pending. */
function writeSteps(
  calls: readonly Call[],
  pendingMs: number,
  step: (name: string, at: number | undefined, detail: string) => Step,
): Step[] {
  const steps = [...WRITES].flatMap(([method, name]) => {
    const ofKind = calls.filter((call) => call.method === method);
    return ofKind.length === 0 ? [] : [step(name, lastEnd(ofKind), `${ofKind.length} × ${method}`)];
  });
  const runs = calls.some(({ method }) => method !== 'cancelTask');
  return runs ? [...steps, step('pending', pendingMs, 'in the queue, waiting for a worker')] : steps;
}

function lastEnd(calls: readonly Call[]): number | undefined {
  return calls.length === 0 ? undefined : Math.max(...calls.map(({ endMs }) => endMs));
}

/** One line for each step. */
export function printTimeline(title: string, steps: readonly Step[]): string {
  const width = Math.max(...steps.map(({ name }) => name.length));
  const lines = steps.map(
    ({ name, atMs, detail }) => `  ${name.padEnd(width)}  ${atMs.toFixed(0).padStart(6)} ms   ${detail}`,
  );
  return [title, ...lines].join('\n');
}
