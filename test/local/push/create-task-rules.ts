import { isObject } from '../../../functions/tasks/shapes.ts';

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
const time = (value: unknown): number => (typeof value === 'string' ? Date.parse(value) : Number.NaN);
const printable = /^[ -~]+$/;
const priorities = ['highest', 'very-high', 'high', 'medium', 'low', 'very-low', 'lowest'];

/** `expires` of the artifacts in a payload: docker-worker's map or generic-worker's list. */
const artifactExpiries = (payload: unknown): number[] => {
  if (!isObject(payload) || typeof payload['artifacts'] !== 'object' || payload['artifacts'] === null)
    return [];
  return Object.values(payload['artifacts']).map((artifact) =>
    isObject(artifact) ? time(artifact['expires']) : Number.NaN,
  );
};

/** What the queue's createTask would refuse, except for `created`, which it requires to be recent. */
export function breaches(taskId: string, task: Record<string, unknown>): string[] {
  const { routes, scopes, dependencies, metadata, tags } = task;
  const [created, deadline, expires] = [time(task['created']), time(task['deadline']), time(task['expires'])];
  const rules: Record<string, boolean> = {
    'taskQueueId has the two parts':
      task['taskQueueId'] === `${String(task['provisionerId'])}/${String(task['workerType'])}`,
    'taskQueueId matches': /^[a-zA-Z0-9-_]{1,38}\/[a-z]([-a-z0-9]{0,36}[a-z0-9])?$/.test(
      String(task['taskQueueId']),
    ),
    'taskGroupId is a slugid': /^[\w-]{22}$/.test(String(task['taskGroupId'])),
    'schedulerId matches': /^[a-zA-Z0-9-_]{1,38}$/.test(String(task['schedulerId'])),
    'routes are at most 64':
      isStrings(routes) && routes.length <= 64 && new Set(routes).size === routes.length,
    'routes match':
      isStrings(routes) && routes.every((route) => printable.test(route) && route.length <= 249),
    'scopes match': isStrings(scopes) && scopes.every((scope) => printable.test(scope) && !/\*./.test(scope)),
    'dependencies are unique': isStrings(dependencies) && new Set(dependencies).size === dependencies.length,
    'dependencies are other tasks': isStrings(dependencies) && !dependencies.includes(taskId),
    'requires is known': ['all-completed', 'all-resolved'].includes(String(task['requires'])),
    'priority is known': priorities.includes(String(task['priority'])),
    'retries are 0 to 49':
      Number.isInteger(task['retries']) && Number(task['retries']) >= 0 && Number(task['retries']) <= 49,
    'deadline comes within five days': deadline > created && deadline - created <= 5 * 86_400_000,
    'expires after deadline': expires > deadline,
    'artifacts expire before': artifactExpiries(task['payload']).every(
      (expiry) => expiry > created && expiry <= expires,
    ),
    'payload is an object': isObject(task['payload']),
    'extra is an object': isObject(task['extra']),
    'tags are strings': isObject(tags) && isStrings(Object.values(tags)),
    'metadata is complete':
      isObject(metadata) &&
      ['name', 'description', 'owner', 'source'].every(
        (key) => typeof metadata[key] === 'string' && metadata[key] !== '',
      ) &&
      String(metadata['name']).length <= 255 &&
      /^https?:\/\//.test(String(metadata['source'])),
    'Treeherder shows it':
      isStrings(routes) && routes.filter((route) => route.startsWith('tc-treeherder.v2.')).length === 1,
  };
  return Object.keys(rules).filter((rule) => !rules[rule]);
}
