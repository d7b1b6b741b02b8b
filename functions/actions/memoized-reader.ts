import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';
import type { Reader } from '../ports/reader.ts';
import type { TaskId } from '../tasks/names.ts';

/** Reads each task, status and index path only once during one action. Remembers unknown ids too. */
export class MemoizedReader {
  readonly tasks: (taskIds: readonly TaskId[]) => Promise<Map<TaskId, TaskDefinition>>;
  readonly statuses: (taskIds: readonly TaskId[]) => Promise<Map<TaskId, TaskStatus>>;
  /** By index path. */
  readonly findTasks: (paths: readonly string[]) => Promise<Map<string, TaskId>>;

  constructor(reader: Reader) {
    this.tasks = memoized((ids) => reader.tasks(ids));
    this.statuses = memoized((ids) => reader.statuses(ids));
    this.findTasks = memoized((paths) => reader.findTasks(paths));
  }
}

function memoized<K extends string, T>(
  read: (ids: K[]) => Promise<Map<K, T>>,
): (ids: readonly K[]) => Promise<Map<K, T>> {
  const known = new Map<K, T>();
  const asked = new Set<K>();
  return async (ids) => {
    const missing = [...new Set(ids)].filter((id) => !asked.has(id));
    if (missing.length > 0) {
      for (const [id, value] of await read(missing)) known.set(id, value);
      for (const id of missing) asked.add(id);
    }
    return known;
  };
}
