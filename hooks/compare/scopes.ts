/**
 * Whether a set of expanded scopes satisfies all that are required: equal, or a held scope that ends in `*` is a
 * prefix. A required scope may end in `*` itself (a role's pattern); it then stands for everything that begins so.
 */
export function satisfies(held: string[], required: string[]): boolean {
  return required.every((scope) => held.some((pattern) => matches(pattern, scope)));
}

function matches(pattern: string, scope: string): boolean {
  return pattern === scope || (pattern.endsWith('*') && scope.startsWith(pattern.slice(0, -1)));
}

const PRIORITIES = ['lowest', 'very-low', 'low', 'medium', 'high', 'very-high', 'highest'];

/**
 * The scopes that `queue.createTask` asks for. Each inner list is a choice: a higher priority's scope serves for a
 * lower one. Rule: the queue's API reference, createTask.
 */
export function createTaskScopes(task: {
  taskQueueId: string;
  schedulerId: string;
  projectId: string;
  priority: string;
  scopes: string[];
  routes: string[];
}): string[][] {
  const atLeast = PRIORITIES.slice(Math.max(0, PRIORITIES.indexOf(task.priority)));
  return [
    ...task.scopes.map((scope) => [scope]),
    ...task.routes.map((route) => [`queue:route:${route}`]),
    atLeast.map((priority) => `queue:create-task:${priority}:${task.taskQueueId}`),
    [`queue:scheduler-id:${task.schedulerId}`],
    [`queue:create-task:project:${task.projectId}`],
  ];
}

/** The choices of `required` that `held` does not satisfy, each in words. */
export function missingChoices(held: string[], required: string[][]): string[] {
  return required
    .filter((choice) => !choice.some((scope) => satisfies(held, [scope])))
    .map((choice) => choice.slice(0, 1).join() + (choice.length > 1 ? ' (or a higher priority)' : ''));
}
