import { PendingTasks } from './pending.ts';
import { isResolved, lastRun, taskState, type Run, type Task } from './task.ts';

/** At most this many runs, reruns included. */
export const MAX_RUNS = 50;

export interface TaskGroup {
  taskGroupId: string;
  schedulerId: string;
  /** ISO timestamps. */
  expires: string;
  sealed?: string;
  taskIds: string[];
}

export interface TaskStoreEvents {
  /** After every change of a task's status. */
  changed(): void;
  completed(task: Task): void;
}

/**
 * All tasks, and the only code that changes their runs. Every change happens within one tick, so that no caller sees
 * half of it. What follows from a resolution (dependents, retries) happens at once; the real queue takes up to five
 * seconds.
 */
export class TaskStore {
  readonly tasks = new Map<string, Task>();
  readonly groups = new Map<string, TaskGroup>();
  readonly pending: PendingTasks;
  /** Unresolved tasks, which a deadline or the end of a claim can still change. */
  readonly active = new Set<Task>();
  readonly #dependents = new Map<string, string[]>();
  readonly #events: TaskStoreEvents;
  readonly #now: () => number;

  constructor(now: () => number, events: TaskStoreEvents) {
    this.#now = now;
    this.pending = new PendingTasks(now);
    this.#events = events;
  }

  /** Puts a task into the store unchanged; creates its group if there is none. */
  add(task: Task): void {
    if (this.tasks.has(task.taskId)) throw new Error(`${task.taskId} exists already`);
    const { taskGroupId, schedulerId, expires, dependencies } = task.definition;
    this.ensureGroup(taskGroupId, schedulerId, expires).taskIds.push(task.taskId);
    this.tasks.set(task.taskId, task);
    for (const dependency of dependencies) {
      const dependents = this.#dependents.get(dependency);
      if (dependents) dependents.push(task.taskId);
      else this.#dependents.set(dependency, [task.taskId]);
    }
    if (!isResolved(task)) this.active.add(task);
    if (taskState(task) === 'pending') this.pending.add(task);
  }

  ensureGroup(taskGroupId: string, schedulerId: string, expires: string): TaskGroup {
    let group = this.groups.get(taskGroupId);
    if (!group) {
      group = { taskGroupId, schedulerId, expires, taskIds: [] };
      this.groups.set(taskGroupId, group);
    }
    if (group.expires < expires) group.expires = expires;
    return group;
  }

  dependents(taskId: string): Task[] {
    return (this.#dependents.get(taskId) ?? []).flatMap((id) => this.tasks.get(id) ?? []);
  }

  /** Starts the first run of an unscheduled task, whatever its dependencies. */
  schedule(task: Task): void {
    if (task.runs.length === 0) this.#addRun(task, 'scheduled');
  }

  /** Starts a new run, unless one is pending or running or there are too many. Resets the task's retries. */
  rerun(task: Task): void {
    const state = taskState(task);
    if (state === 'pending' || state === 'running' || task.runs.length >= MAX_RUNS) return;
    task.retriesLeft = Math.min(task.definition.retries, MAX_RUNS - task.runs.length - 1);
    this.#addRun(task, 'rerun');
  }

  /** @param takenUntil milliseconds since the epoch */
  claim(task: Task, workerGroup: string, workerId: string, takenUntil: number): void {
    const run = lastRun(task);
    if (run?.state !== 'pending') throw new Error(`${task.taskId} is not pending`);
    this.pending.delete(task);
    run.state = 'running';
    run.workerGroup = workerGroup;
    run.workerId = workerId;
    run.takenUntil = new Date(takenUntil).toJSON();
    run.started = this.#time();
    this.#events.changed();
  }

  /** Resolves the running run; with a reason to retry, starts a new one if there are retries left. */
  resolve(
    task: Task,
    state: 'completed' | 'failed' | 'exception',
    reason: string,
    retry?: Run['reasonCreated'],
  ): void {
    const run = lastRun(task);
    if (run?.state !== 'running') throw new Error(`${task.taskId} is not running`);
    run.state = state;
    run.reasonResolved = reason;
    run.resolved = this.#time();
    if (retry !== undefined && task.retriesLeft > 0) {
      task.retriesLeft -= 1;
      this.#addRun(task, retry);
      return;
    }
    this.#settle(task, state);
  }

  /**
   * Ends an unresolved task as `exception`; a task without runs gets a run that says so. Does nothing to a resolved
   * task.
   */
  cancel(task: Task, reason: 'canceled' | 'deadline-exceeded'): void {
    if (isResolved(task)) return;
    const time = this.#time();
    const run = lastRun(task);
    if (run) {
      this.pending.delete(task);
      run.state = 'exception';
      run.reasonResolved = reason;
      run.resolved = time;
    } else {
      const runs: Run = {
        state: 'exception',
        reasonCreated: 'exception',
        reasonResolved: reason,
        scheduled: time,
        resolved: time,
      };
      task.runs.push(runs);
    }
    this.#settle(task, 'exception');
  }

  #addRun(task: Task, reasonCreated: Run['reasonCreated']): void {
    task.runs.push({ state: 'pending', reasonCreated, scheduled: this.#time() });
    task.blockedBy.clear();
    this.active.add(task);
    this.pending.add(task);
    this.#events.changed();
  }

  #settle(task: Task, state: 'completed' | 'failed' | 'exception'): void {
    this.active.delete(task);
    if (state === 'completed') this.#events.completed(task);
    for (const dependent of this.dependents(task.taskId)) {
      if (state !== 'completed' && dependent.definition.requires !== 'all-resolved') continue;
      if (!dependent.blockedBy.delete(task.taskId) || dependent.blockedBy.size > 0) continue;
      if (Date.parse(dependent.definition.deadline) >= this.#now()) this.schedule(dependent);
    }
    this.#events.changed();
  }

  #time(): string {
    return new Date(this.#now()).toJSON();
  }
}
