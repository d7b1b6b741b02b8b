import { pressRetrigger } from '../treeherder/button.ts';
import { byId } from './element.ts';
import { number, plural } from './number.ts';
import type { PageAction } from './press.ts';

/** Above this number of new jobs, the page asks first. */
const ASK_ABOVE = 100;

/**
 * The retrigger button.
 *
 * @param labels of the selected jobs
 * @returns the action, or the reason why it cannot be done
 */
export function retrigger(labels: string[]): PageAction | string {
  const input = byId('times', HTMLInputElement);
  if (labels.length === 0) return 'Nothing is selected: select a job first.';
  if (!input.reportValidity()) return 'Times is a whole number from 1 to 100.';
  const times = input.valueAsNumber;
  const total = labels.length * times;
  const each = times === 1 ? '' : ` ${times} times each`;
  return {
    doing: `Retriggering ${plural(labels.length, 'job')}…`,
    ...(total > ASK_ABOVE && {
      question: {
        text: `Retrigger ${plural(labels.length, 'job')}${each}? This makes ${number(total)} new jobs.`,
        yes: `Make ${plural(total, 'job')}`,
      },
    }),
    submit: (session) => pressRetrigger(session, { labels, times }),
  };
}
