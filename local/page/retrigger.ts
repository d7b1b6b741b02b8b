import { pressRetrigger } from '../treeherder/button.ts';
import { directTimeline, queuedTimeline, type Step } from '../timeline.ts';
import { ownCalls, resolution, written, type RecordedCalls, type Written } from './calls.ts';
import type { PageConfig } from './config.ts';

export type Way = 'direct' | 'queued';

/** What became of one press. */
export interface Outcome extends Written {
  way: Way;
  /** The action task, or the first new task where there is none. */
  taskId: string;
  /** The queued way's action task is resolved, not always as completed. */
  resolvedAs: string | undefined;
  steps: Step[];
}

const LOOK_MS = 25;
const GIVE_UP_MS = 60_000;

/**
 * Presses Treeherder's button and follows it until everything that it writes is written.
 *
 * @param request.onWritten told as soon as tasks were created or rerun, once or more often, with all of them
 * @throws TreeherderNotification with the text that Treeherder shows
 */
export async function retrigger(
  config: PageConfig,
  recorded: RecordedCalls,
  request: {
    way: Way;
    labels: string[];
    times: number;
    clickedMs: number;
    onWritten: (written: Written) => Promise<void>;
  },
): Promise<Outcome> {
  const { way, labels, times, clickedMs, onWritten } = request;
  const sinceMs = recorded.at(clickedMs);
  let known = 0;
  const look = async (taskId: string) => {
    const calls = ownCalls(await recorded.since(sinceMs), taskId);
    const now = written(calls);
    const count = now.created.length + now.rerun.length;
    if (count > known) await onWritten(now);
    known = count;
    return { calls, ...now };
  };
  try {
    const { taskId } = await pressRetrigger(
      {
        rootUrl: config.rootUrl,
        hooksRootUrl: way === 'direct' ? config.rootUrl : config.internalRootUrl,
        userCredentials: config.credentials,
        decisionTaskId: config.decisionTaskId,
      },
      { labels, times },
    );
    let seen = await look(taskId);
    const ended = () => way === 'direct' || resolution(seen.calls, taskId) !== undefined;
    while (!ended()) {
      if (performance.now() - clickedMs > GIVE_UP_MS)
        throw new Error(`The action task ${taskId} has not ended within ${GIVE_UP_MS / 1000} s.`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      seen = await look(taskId);
    }
    const { calls, created, rerun } = seen;
    return {
      way,
      taskId,
      created,
      rerun,
      resolvedAs: resolution(calls, taskId)?.method,
      steps: created.length + rerun.length > 0 ? steps(way, calls, taskId) : [],
    };
  } catch (error) {
    // A refusal may come after a part has been done.
    await look('');
    throw error;
  }
}

function steps(way: Way, calls: Awaited<ReturnType<RecordedCalls['since']>>, taskId: string): Step[] {
  const writes = calls.filter(({ method }) => method === 'createTask' || method === 'rerunTask');
  const pendingMs = Math.max(...writes.map(({ endMs }) => endMs));
  return way === 'direct' ? directTimeline(calls, pendingMs) : queuedTimeline(calls, taskId, pendingMs);
}
