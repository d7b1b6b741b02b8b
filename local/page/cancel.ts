import { submitCustomAction } from '../treeherder/button.ts';
import type { Job, State } from './job.ts';
import { number, plural } from './number.ts';
import type { PageAction } from './press.ts';

const OPEN: readonly State[] = ['unscheduled', 'pending', 'running'];

/**
 * The button that cancels the selected jobs. As Treeherder does, it triggers the action for one job after another.
 *
 * @returns the action, or the reason why it cannot be done
 */
export function cancel(jobs: readonly Job[]): PageAction | string {
  const [first, ...others] = jobs.filter(({ state }) => OPEN.includes(state));
  if (!first)
    return jobs.length === 0
      ? 'Nothing is selected: select a job first.'
      : 'The selected jobs have already ended.';
  return {
    doing: `Canceling ${plural(others.length + 1, 'job')}…`,
    submit: async (session) => {
      const cancelOne = ({ taskId }: Job) =>
        submitCustomAction(session, { name: 'cancel', taskId, input: {} });
      const earlier: string[] = [];
      let { taskId } = await cancelOne(first);
      for (const job of others) {
        earlier.push(taskId);
        ({ taskId } = await cancelOne(job));
      }
      return { taskId, earlier };
    },
  };
}

/**
 * The button that cancels the push.
 *
 * @param counts of the push's jobs by state
 * @returns the action, or the reason why it cannot be done
 */
export function cancelAll(counts: ReadonlyMap<State, number>): PageAction | string {
  const byState = OPEN.map((state): [State, number] => [state, counts.get(state) ?? 0]).filter(
    ([, n]) => n > 0,
  );
  const total = byState.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return 'Every job of this push has already ended.';
  const states = byState.map(([state, count]) => `${number(count)} ${state}`).join(', ');
  return {
    doing: 'Canceling everything…',
    question: {
      text: `Cancel everything in this push that has not ended: ${plural(total, 'job')} (${states})?`,
      yes: `Cancel ${plural(total, 'job')}`,
    },
    submit: (session) => submitCustomAction(session, { name: 'cancel-all', taskId: null, input: {} }),
  };
}
