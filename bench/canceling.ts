import { generatePush } from '../local/push/generate.ts';
import type { Push } from '../local/push/push.ts';
import { trustDomain } from '../local/push/repository.ts';
import { inTreeActionHook } from '../local/push/taskcluster-yml.ts';
import { seedDeployment } from '../local/seed/deployment.ts';
import { startLocalTaskcluster } from '../local/taskcluster/server.ts';
import { Hooks } from '../local/treeherder/client.ts';
import { payloadOf } from './cases.ts';
import { startHost } from './measure.ts';

/** The cost of one cancel-all, the direct way. */
export interface CancelingRow {
  /** Of the push; 1,000 of its tasks have not ended. */
  size: number;
  start: 'cold' | 'warm';
  /** Of the group's listing, both looks. */
  pages: number;
  cancels: number;
  calls: number;
  mbRead: number;
  wallMs: number;
  /** wallMs against (pages of one look + cancels / 50) × latency. */
  overRoundTrips: number;
  peakRssMb: number;
  /** Processor time of the function's process. */
  cpuMs: number;
}

const OPEN = 1_000;
const PAGE = 1_000;
/** Concurrent requests if the service can take them all (functions/taskcluster/concurrency-limit.ts). */
const AT_ONCE = 50;

/** Cancels everything in pushes of this size, one after another, in one process. */
export async function cancelAll(size: number, latencyMs: number, times: number): Promise<CancelingRow[]> {
  const taskcluster = await startLocalTaskcluster();
  const deployment = await seedDeployment(taskcluster);
  const settings = { FAST_ACTIONS: `${trustDomain}/cancel-all` };
  const host = await startHost('trigger', { taskcluster, deployment }, settings);
  const rows: CancelingRow[] = [];
  try {
    const hooks = new Hooks({ rootUrl: taskcluster.rootUrl, credentials: deployment.user, retries: 0 });
    const { hookGroupId, hookId } = inTreeActionHook(3, 'generic');
    for (let nth = 1; nth <= times; nth++) {
      const push = openPush(size, nth, taskcluster.rootUrl);
      taskcluster.loadPush(push);
      taskcluster.setFunctionsUrl(host.url);
      const payload = payloadOf(push, { callback: 'cancel-all', input: () => ({ input: {}, taskId: null }) });
      taskcluster.clearCalls();
      taskcluster.setLatency(latencyMs);
      await host.stats();
      await hooks.triggerHook(hookGroupId, hookId, payload);
      const { peakRssMb, cpuMs } = await host.stats();
      taskcluster.setLatency(0);
      const calls = taskcluster.calls().filter(({ service }) => service !== 'functions');
      const wallMs =
        Math.max(...calls.map(({ endMs }) => endMs)) - Math.min(...calls.map(({ startMs }) => startMs));
      const count = (method: string) => calls.filter((call) => call.method === method).length;
      const ofOneLook = Math.ceil((size + 1) / PAGE);
      rows.push({
        size,
        start: nth === 1 ? 'cold' : 'warm',
        pages: count('listTaskGroup'),
        cancels: count('cancelTask'),
        calls: calls.length,
        mbRead: calls.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6,
        wallMs,
        overRoundTrips: wallMs / ((ofOneLook + OPEN / AT_ONCE) * latencyMs),
        peakRssMb,
        cpuMs,
      });
    }
  } finally {
    await host.stop();
    await taskcluster.close();
  }
  return rows;
}

/**
 * A push in which a thousand tasks have not ended: some run, more wait for a machine, and most wait for other tasks.
 */
function openPush(size: number, seed: number, rootUrl: string): Push {
  const push = generatePush({ size, seed, rootUrl, now: new Date() });
  const own = Object.entries(push.tasks).filter(
    ([taskId, { task }]) => taskId !== push.decisionTaskId && task['taskGroupId'] === push.decisionTaskId,
  );
  own.forEach(([, entry], nth) => {
    entry.state = nth >= OPEN ? 'completed' : nth < 12 ? 'running' : nth < 73 ? 'pending' : 'unscheduled';
  });
  return push;
}
