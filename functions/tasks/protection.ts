import type { TaskDefinition } from './definition.ts';

const PRIVILEGED_KINDS = new Set(['decision-task', 'action-callback', 'cron-task']);

/**
 * Why a task must never be cloned by us, or undefined if it may be. A clone of ours has no parent that Chain of
 * Trust accepts, so it must never feed a release or a cache that later pushes read (design.md §7 "Protected").
 */
export function protectionOf(taskId: string, definition: TaskDefinition, level: string): string | undefined {
  const { tags = {}, routes = [], extra = {} } = definition;
  const queue = definition.taskQueueId ?? `${definition.provisionerId}/${definition.workerType}`;
  if (queue.startsWith('scriptworker') || tags['worker-implementation']?.startsWith('scriptworker')) {
    return `it runs on a scriptworker pool (${queue})`;
  }
  if (
    taskId === definition.taskGroupId ||
    PRIVILEGED_KINDS.has(tags['kind'] ?? '') ||
    extra['action'] !== undefined ||
    extra['cron'] !== undefined ||
    extra['tasks_for'] !== undefined
  ) {
    return 'it is a decision, action or cron task';
  }
  const cache = routes.find((route) => /^index\.(.+\.)?cache\./.test(route));
  if (cache) return `it is indexed in a shared cache (${cache})`;
  const indexed = routes.find((route) => route.startsWith('index.'));
  if (level === '3' && indexed) return `it is indexed at level 3 (${indexed})`;
  return undefined;
}
