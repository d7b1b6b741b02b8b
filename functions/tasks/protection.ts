import type { TaskDefinition } from './definition.ts';
import type { TaskId } from './names.ts';

const PRIVILEGED_KINDS = new Set(['decision-task', 'action-callback', 'cron-task']);

/**
 * Why we must leave a task alone; undefined if it may be rerun. Decision, action and cron tasks act with the rights of
 * the repository, so even a new run of one does more than run a job again: a release promotion would start again. Only
 * the repository's own code may decide that.
 */
export function privilegeOf(taskId: TaskId, definition: TaskDefinition): string | undefined {
  // mutant stays: no scope, and any scope that begins otherwise, are the same here
  const { tags = {}, extra = {}, scopes = [] } = definition;
  const privileged =
    taskId === definition.taskGroupId ||
    // mutant stays: any kind that is not listed is the same here
    PRIVILEGED_KINDS.has(tags['kind'] ?? '') ||
    extra['action'] !== undefined ||
    extra['cron'] !== undefined ||
    extra['tasks_for'] !== undefined ||
    scopes.some((scope) => scope.startsWith('assume:repo:'));
  return privileged ? 'it is a decision, action or cron task' : undefined;
}

/**
 * Why we must never clone a task; undefined if we may. Our clones have no parent that Chain of Trust accepts. So none
 * may feed a release or a cache that later pushes read, or have a label under which a later action looks for a task
 * with a chain of trust. A rerun is the same task, so its chain stays valid.
 */
export function protectionOf(taskId: TaskId, definition: TaskDefinition, level: string): string | undefined {
  // mutant stays: no route, and any route that begins otherwise, are the same here
  const { tags = {}, routes = [] } = definition;
  const queue = definition.taskQueueId ?? `${definition.provisionerId}/${definition.workerType}`;
  if (queue.startsWith('scriptworker') || tags['worker-implementation']?.startsWith('scriptworker')) {
    return `it runs on a scriptworker pool (${queue})`;
  }
  const privilege = privilegeOf(taskId, definition);
  if (privilege !== undefined) return privilege;
  const cache = routes.find((route) => /^index\.(.+\.)?cache\./.test(route));
  if (cache) return `it is indexed in a shared cache (${cache})`;
  if (level !== '3') return undefined;
  const indexed = routes.find((route) => route.startsWith('index.'));
  if (indexed) return `it is indexed at level 3 (${indexed})`;
  return chainOfTrustOf(definition);
}

/** A task that signs its artifacts for Chain of Trust, or lists its inputs under it. */
function chainOfTrustOf({ payload, extra }: TaskDefinition): string | undefined {
  if (isOn(at(at(payload, 'features'), 'chainOfTrust'))) {
    return 'it has the feature chainOfTrust at level 3';
  }
  if ([payload, extra].some((part) => isOn(at(at(part, 'chainOfTrust'), 'inputs')))) {
    return 'it has chainOfTrust.inputs at level 3';
  }
  return undefined;
}

function isOn(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false;
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
