import type { Call } from './taskcluster/api.ts';

/** One step of a retrigger, in ms since the click. */
export interface Step {
  name: string;
  atMs: number;
  detail: string;
}

const WRITES = new Set(['createTask', 'rerunTask', 'triggerHook']);

/**
 * What happened between a click and its new tasks, read from the calls that the local Taskcluster has recorded.
 *
 * @param calls of this one retrigger, in order; the first is what Treeherder did first
 * @param pendingMs when the new tasks were seen pending, on the same clock as the calls
 */
export function directTimeline(calls: readonly Call[], pendingMs: number): Step[] {
  const click = calls[0]?.startMs ?? 0;
  const trigger = calls.find(({ service }) => service === 'functions');
  const inside = calls.filter(
    ({ startMs, service }) => trigger && startMs > trigger.startMs && service !== 'functions',
  );
  const lastEnd = (matching: readonly Call[]) => Math.max(click, ...matching.map(({ endMs }) => endMs));
  const authenticated = inside.filter(({ method }) => method === 'authenticateHawk');
  const writes = inside.filter(({ method, httpMethod }) => WRITES.has(method) && httpMethod !== 'GET');
  const firstWrite = Math.min(...writes.map(({ startMs }) => startMs));
  const reads = inside.filter(({ startMs, method }) => startMs < firstWrite && method !== 'authenticateHawk');
  const step = (name: string, at: number, detail: string): Step => ({ name, atMs: at - click, detail });
  return [
    step('click', click, 'Treeherder loads actions.json and checks the scopes'),
    step(
      'triggered',
      trigger?.startMs ?? click,
      'hooks.triggerHook, sent by the ingress to the trigger function',
    ),
    step('authenticated', lastEnd(authenticated), 'auth.authenticateHawk'),
    step('read', lastEnd(reads), `${reads.length} calls: labels, definitions, states`),
    step('created', lastEnd(writes), `${writes.length} × ${writes[0]?.method ?? 'nothing'}`),
    step('pending', pendingMs, 'in the queue, waiting for a worker'),
  ];
}

export function printTimeline(title: string, steps: readonly Step[]): string {
  const width = Math.max(...steps.map(({ name }) => name.length));
  const lines = steps.map(
    ({ name, atMs, detail }) => `  ${name.padEnd(width)}  ${atMs.toFixed(0).padStart(6)} ms   ${detail}`,
  );
  return [title, ...lines].join('\n');
}
