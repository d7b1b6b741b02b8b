import { PRIORITIES, type Task } from './task.ts';

/** Pending tasks of each task queue: the most urgent first, and the oldest first among those. */
export class PendingTasks {
  readonly #now: () => number;
  readonly #queues = new Map<string, Set<Task>[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  add(task: Task): void {
    const { taskQueueId, priority } = task.definition;
    let levels = this.#queues.get(taskQueueId);
    if (!levels) {
      levels = PRIORITIES.map(() => new Set<Task>());
      this.#queues.set(taskQueueId, levels);
    }
    levels[PRIORITIES.indexOf(priority)]?.add(task);
  }

  delete(task: Task): void {
    const { taskQueueId, priority } = task.definition;
    this.#queues.get(taskQueueId)?.[PRIORITIES.indexOf(priority)]?.delete(task);
  }

  /** Tasks of a queue in the order in which they will be claimed, without those past their deadline. */
  list(taskQueueId: string): Task[] {
    return this.first(taskQueueId, Infinity);
  }

  /** At most `count` of these tasks. */
  first(taskQueueId: string, count: number): Task[] {
    const tasks: Task[] = [];
    for (const level of this.#queues.get(taskQueueId) ?? []) {
      for (const task of level) {
        if (tasks.length === count) return tasks;
        if (Date.parse(task.definition.deadline) > this.#now()) tasks.push(task);
      }
    }
    return tasks;
  }
}
