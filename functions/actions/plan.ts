import { bounded, TEXT_LIMITS } from '../platform/bounded-text.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import type { InTreeHook } from '../tasks/hook-name.ts';
import type { FastRequest } from './dispatch.ts';

/** An action that we may perform ourselves, with all that decisions depend on. */
export interface Action {
  /** Seeds the taskIds of the clones: the action task's taskId, or what names a direct call. */
  id: string;
  /** The action task, in the queued way; clones get it as `extra.parent`. */
  parent?: string;
  /** An earlier attempt at this same action may have written already. */
  repeated: boolean;
  hook: InTreeHook;
  taskGroupId: string;
  request: FastRequest;
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
  | 'too-large'
  | 'unreadable';

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

/** What is to be written, item by item; nothing has been written yet. */
export interface Work {
  kind: 'work';
  reruns: Rerun[];
  clones: Clone[];
  /** Nothing to do for these, and that is right. */
  noops: Noop[];
  /** These cannot be done, and the user asked for them. */
  refused: Refusal[];
  /** Worth knowing, though nothing was refused. */
  warnings: string[];
}

export type Plan = Forward | Work;

export interface Rerun {
  label: string;
  taskId: string;
  reason: string;
  knownRuns: number;
  /** An earlier attempt at this action has done it. */
  done: boolean;
}

export interface Clone {
  label: string;
  /** The task that is cloned. */
  taskId: string;
  definition: TaskDefinition;
  reason: string;
  /** 1-based among all copies of this task in the action. */
  copy: number;
  newTaskId: string;
  replacements: ReadonlyMap<string, string>;
  /** A task with the derived taskId is there already, left by an earlier attempt unless somebody else made it. */
  exists: boolean;
}

export interface Noop {
  label: string;
  taskId: string;
  reason: string;
}

export interface Refusal {
  /** The label as asked for, or the taskId where no label is known. */
  label: string;
  taskId?: string;
  reason: string;
}
