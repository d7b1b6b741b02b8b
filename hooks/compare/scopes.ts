import { satisfiesExpression } from 'taskcluster-lib-scopes';
import type { TaskIdentity } from './task-rules.ts';

const PRIORITIES = ['lowest', 'very-low', 'low', 'medium', 'high', 'very-high', 'highest'];

/**
 * The scopes that `queue.createTask` requires. Each inner list holds alternatives: the scope of a higher priority
 * covers lower ones. Rule: the queue's API reference, createTask.
 */
export function createTaskScopes(task: TaskIdentity): string[][] {
  const atLeast = PRIORITIES.slice(Math.max(0, PRIORITIES.indexOf(task.priority)));
  return [
    ...task.scopes.map((scope) => [scope]),
    ...task.routes.map((route) => [`queue:route:${route}`]),
    atLeast.map((priority) => `queue:create-task:${priority}:${task.taskQueueId}`),
    [`queue:scheduler-id:${task.schedulerId}`],
    [`queue:create-task:project:${task.projectId}`],
  ];
}

/** The alternatives in `required` that `held` does not satisfy, as text. */
export function missingChoices(held: string[], required: string[][]): string[] {
  return required
    .filter((choice) => !satisfiesExpression(held, { AnyOf: choice }))
    .map((choice) => choice.slice(0, 1).join() + (choice.length > 1 ? ' (or a higher priority)' : ''));
}
