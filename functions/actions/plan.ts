import { bounded, TEXT_LIMITS } from '../platform/bounded-text.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import type { InTreeHook } from '../tasks/hook-name.ts';
import type { GraphEntry } from '../graph/task-graph.ts';
import type { FastRequest } from './dispatch.ts';
import type { Label, TaskId } from '../tasks/names.ts';

/** An action that we may perform ourselves, with everything that decisions depend on. */
export interface Action {
  /** Seeds the taskIds of the clones: the action task's taskId, or the id of a direct call. */
  id: TaskId;
  /** The action task, in the queued way; clones get it as `extra.parent`. */
  parent?: TaskId;
  /** An earlier attempt at this action may have written already. */
  repeated: boolean;
  hook: InTreeHook;
  taskGroupId: TaskId;
  request: FastRequest;
  /** The operator lets us read the push's graph where the definitions are not enough. */
  readsGraph: boolean;
  /** Root URL of the Taskcluster, for the URLs of artifacts. */
  rootUrl: string;
  /** When the user asked, ISO 8601. A rerun since then is this action's own. */
  requested: string;
  /** `created` of the clones. */
  now: Date;
}

export type ForwardReason =
  | 'other-action'
  | 'not-listed'
  | 'kill-switch'
  | 'no-labels'
  | 'unmarked'
  | 'protected'
  | 'missing-dependency'
  | 'no-task'
  | 'other-group'
  | 'graph'
  | 'uncertain'
  | 'too-large'
  | 'unreadable'
  | 'forwarded-before';

/** The whole action goes to the full hook. */
export interface Forward {
  kind: 'forward';
  because: ForwardReason;
  /** For the developer, naming the task. */
  reason: string;
}

/** The action goes to the full hook. */
export function forward(because: ForwardReason, reason: string): Forward {
  return { kind: 'forward', because, reason: bounded(reason, TEXT_LIMITS.reason) };
}

export function forwardWithoutLabels(): Forward {
  return forward('no-labels', 'the decision task has no public/label-to-taskid.json that we can read');
}

export function forwardTooLarge(writes: number): Forward {
  return forward('too-large', `${writes} tasks at once; the fast way takes up to ${WRITE_LIMITS.tasks}`);
}

/** Larger actions are forwarded: the full hook's task has its own machine, and hours instead of seconds. */
export const WRITE_LIMITS = {
  tasks: 2_000,
  /** Of all definitions together: 2,000 of 16 KB, twice the size of Firefox's tests. */
  bytes: 32 * 1024 * 1024,
} as const;

/** What to write, item by item; nothing has been written yet. */
export interface Work {
  kind: 'work';
  reruns: Rerun[];
  clones: Clone[];
  /** Each one after those that it waits for. */
  creations: Creation[];
  /** The rounds in which they are created. */
  rounds: Round[];
  /** There is rightly nothing to do for these. */
  noops: Noop[];
  /** The user asked for these, but they cannot be done. */
  refused: Refusal[];
  /** What the user should know although nothing was refused. */
  warnings: string[];
}

export type Plan = Forward | Work;

export interface Rerun {
  label: Label;
  taskId: TaskId;
  reason: string;
  knownRuns: number;
  /** An earlier attempt at this action has already done it. */
  done: boolean;
}

export interface Clone {
  label: Label;
  /** The task that is cloned. */
  taskId: TaskId;
  definition: TaskDefinition;
  reason: string;
  /** 1-based among all copies of this task in the action. */
  copy: number;
  newTaskId: TaskId;
  replacements: ReadonlyMap<TaskId, TaskId>;
  /** Clones of the same request that it depends on, which must exist before it. */
  after: readonly TaskId[];
  /** A task with the derived taskId already exists, from an earlier attempt unless someone else made it. */
  exists: boolean;
}

/** A task to create from the graph's definition of its label. */
export interface Creation {
  label: Label;
  reason: string;
  /** 1-based among all tasks of this label in the action. */
  copy: number;
  newTaskId: TaskId;
  /** The task whose taskId this one's definition has in place of its own (`task_duplicates`). */
  duplicateOf?: TaskId;
  /** Tasks of the same round that must exist before it. */
  after: readonly TaskId[];
  definition: TaskDefinition;
  entry: GraphEntry;
  /** Name of its round. */
  round: string;
  /** The user asked for it; otherwise something else needs it. */
  requested: boolean;
  /** As in a clone. */
  exists: boolean;
}

/** One of the times that labels are created together with what they need. */
export interface Round {
  name: string;
  requested: readonly Label[];
  /** Existing tasks for the other labels that these need. */
  standing: readonly Standing[];
}

export interface Standing {
  label: Label;
  taskId: TaskId;
  /** Where it was found. */
  in: 'push' | 'index';
}

/** The part of the work that comes from the graph. */
export type Making = Pick<Work, 'creations' | 'rounds' | 'warnings'>;

export function noWork(): Work {
  return {
    kind: 'work',
    reruns: [],
    clones: [],
    creations: [],
    rounds: [],
    noops: [],
    refused: [],
    warnings: [],
  };
}

export interface Noop {
  label: Label;
  taskId: TaskId;
  reason: string;
}

export interface Refusal {
  /** The label as requested, or the taskId if no label is known. */
  label: Label | TaskId;
  taskId?: TaskId;
  reason: string;
}
