import { isObject } from '../../../functions/tasks/shapes.ts';
import { PRIORITIES, type TaskDefinition } from './task.ts';

const STRINGS = [
  'provisionerId',
  'workerType',
  'taskQueueId',
  'schedulerId',
  'projectId',
  'taskGroupId',
  'created',
  'deadline',
  'expires',
];
const ARRAYS = ['dependencies', 'routes', 'scopes'];
const OBJECTS = ['payload', 'metadata', 'tags', 'extra'];

/** True for a complete definition, as the queue returns one. Cheap, because it is called for thousands. */
export function isTaskDefinition(value: unknown): value is TaskDefinition {
  if (!isObject(value)) return false;
  const { requires, priority, retries } = value;
  return (
    STRINGS.every((key) => typeof value[key] === 'string') &&
    ARRAYS.every((key) => Array.isArray(value[key])) &&
    OBJECTS.every((key) => isObject(value[key])) &&
    (requires === 'all-completed' || requires === 'all-resolved') &&
    PRIORITIES.some((known) => known === priority) &&
    typeof retries === 'number'
  );
}
