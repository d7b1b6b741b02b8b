import type { Session } from '../treeherder/button.ts';
import type { Call } from '../taskcluster/api.ts';
import { directTimeline, queuedTimeline, writesIn, type Step } from '../timeline.ts';
import { countOf, ownCalls, resolution, written, type RecordedCalls, type Written } from './calls.ts';
import type { PageConfig } from './config.ts';

export type Way = 'direct' | 'queued';

/** The answer of `triggerHook`; of several actions, the last answer, with the others in `earlier`. */
export interface Submitted {
  taskId: string;
  earlier?: readonly string[];
}

/** The result of one press. */
export interface Outcome extends Written {
  way: Way;
  /** The action task, or the first new task where there is none. */
  taskId: string;
  /** How the queued way's action task was resolved; of several, one that failed if any did. */
  resolvedAs: string | undefined;
  steps: Step[];
}

const LOOK_MS = 25;
const GIVE_UP_MS = 60_000;

/**
 * Submits an action and follows it until it has written everything.
 *
 * @param request.submit presses one of Treeherder's buttons
 * @param request.onWritten called at least once after something was written, with everything written so far
 * @throws TreeherderNotification with the text that Treeherder shows
 */
export async function follow(
  config: PageConfig,
  recorded: RecordedCalls,
  request: {
    way: Way;
    clickedMs: number;
    submit: (session: Session) => Promise<Submitted>;
    onWritten: (written: Written) => Promise<void>;
  },
): Promise<Outcome> {
  const { way, clickedMs, submit, onWritten } = request;
  const sinceMs = recorded.at(clickedMs);
  let known = 0;
  const look = async (taskIds: readonly string[]) => {
    const calls = ownCalls(await recorded.since(sinceMs), taskIds);
    const now = written(calls);
    const count = countOf(now);
    if (count > known) await onWritten(now);
    known = count;
    return { calls, ...now };
  };
  try {
    const { taskId, earlier = [] } = await submit({
      rootUrl: config.rootUrl,
      hooksRootUrl: way === 'direct' ? config.rootUrl : config.internalRootUrl,
      userCredentials: config.credentials,
      decisionTaskId: config.decisionTaskId,
    });
    const taskIds = [...earlier, taskId];
    let seen = await look(taskIds);
    const ended = () => way === 'direct' || taskIds.every((id) => resolution(seen.calls, id) !== undefined);
    while (!ended()) {
      if (performance.now() - clickedMs > GIVE_UP_MS)
        throw new Error(`The action task ${taskId} has not ended within ${GIVE_UP_MS / 1000} s.`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      seen = await look(taskIds);
    }
    const { calls, ...all } = seen;
    const resolved = taskIds.map((id) => resolution(calls, id)?.method);
    return {
      way,
      taskId,
      ...all,
      resolvedAs: resolved.find((method) => method === 'reportFailed') ?? resolved.at(-1),
      steps: countOf(all) > 0 ? steps(way, calls, taskId) : [],
    };
  } catch (error) {
    // The action may have been refused after a part of it was done.
    await look([]);
    throw error;
  }
}

function steps(way: Way, calls: readonly Call[], taskId: string): Step[] {
  const pendingMs = Math.max(...writesIn(calls).map(({ endMs }) => endMs));
  return way === 'direct' ? directTimeline(calls, pendingMs) : queuedTimeline(calls, taskId, pendingMs);
}
