import type { HookName } from '../tasks/hook-name.ts';
import type { TaskId } from '../tasks/names.ts';

export interface HookTrigger {
  /**
   * Triggers a hook; with a taskId only once, however often the answer is lost.
   *
   * @param taskId of the task that the hook creates. A hook whose trigger schema has no `taskId` refuses it, and is
   *   then triggered without one.
   * @returns the hooks service's answer, `{taskId, status}` or `{}`; undefined if there is no such hook
   * @throws TaskclusterError
   */
  triggerHook(hook: HookName, payload: object, taskId?: TaskId): Promise<HookAnswer | undefined>;
}

export interface HookAnswer {
  taskId?: TaskId;
  status?: { taskId: TaskId };
}
