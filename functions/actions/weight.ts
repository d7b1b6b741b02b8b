import { isRetriggerInput, isRetriggerMultipleInput, type ActionPayload } from './payload.generated.js';

/** An action that may write more tasks than this holds megabytes: about 75 KB each, in a push like Firefox's. */
const MANY_TASKS = 50;

/**
 * Whether an action may need so much memory that only few like it can be performed at once. Judged by the request,
 * before anything is read.
 */
export function isHeavy({ decision, user }: ActionPayload): boolean {
  const { input } = user;
  switch (decision.action.cb_name) {
    case 'add-new-jobs':
      return true;
    case 'retrigger':
    case 'retrigger-disabled':
      return isRetriggerInput(input) && (input.downstream === true || (input.times ?? 1) > MANY_TASKS);
    case 'retrigger-multiple':
      return (
        isRetriggerMultipleInput(input) &&
        input.requests.reduce((sum, { tasks, times = 1 }) => sum + tasks.length * times, 0) > MANY_TASKS
      );
    default:
      return false;
  }
}
