import type { TaskDefinition, TaskState } from './definition.ts';
import { privilegeOf, protectionOf } from './protection.ts';
import type { TaskId } from './names.ts';

/** What to do with one target, and the reason that the developer sees. */
export type Verdict =
  | { do: 'clone'; reason: string }
  | { do: 'rerun'; reason: string }
  | { do: 'noop'; reason: string }
  | { do: 'refuse'; reason: string }
  | { do: 'forward'; because: 'unmarked' | 'protected'; reason: string };

interface Target {
  taskId: TaskId;
  definition: TaskDefinition;
  state: TaskState;
}

/** What a verdict depends on besides the task itself. */
export interface Circumstances {
  /** SCM level of the hook, `1` to `3`. */
  level: string;
  /** The user asked for this one task, not for its label among others. */
  alone: boolean;
  /** Clone it even if its mark says otherwise. */
  force: boolean;
  /** What the graph says about its label (`attributes.retrigger`), if it was read. */
  cloneable?: boolean;
}

/**
 * Clone, rerun or neither, for the retrigger actions. Privileges are checked first, so that the reason given is the
 * real one. Then the first match wins: `extra.retrigger` (the RFC's key), `tags.retrigger` (on Firefox's tasks), and
 * the graph. If the graph was not read, only the full hook knows.
 */
export function retriggerVerdict({ taskId, definition, state }: Target, under: Circumstances): Verdict {
  const privilege = privilegeOf(taskId, definition);
  if (privilege !== undefined) return forward('protected', privilege);
  const mark = under.force ? FORCED : (retriggerMark(definition) ?? graphMark(under.cloneable));
  if (mark && !mark.cloneable) {
    const reason = `${mark.source} is false`;
    // extra.retrigger says to rerun the task however it ended. The others are taskgraph's attribute, which never reruns
    // a completed task: a new run of a completed release task breaks its Chain of Trust.
    if (mark.source === 'extra.retrigger') return rerunUnlessUnresolved(state, reason);
    if (mark.source === 'attributes.retrigger' && under.alone) return { do: 'refuse', reason: NOT_FORCED };
    return rerunIfUnsuccessful(state, reason);
  }
  const protection = protectionOf(taskId, definition, under.level);
  if (protection !== undefined) return forward('protected', protection);
  if (!mark) {
    return forward(
      'unmarked',
      'its definition does not say whether it may be cloned (no extra.retrigger, no tags.retrigger)',
    );
  }
  return { do: 'clone', reason: `${mark.source} is true` };
}

/** Why taskgraph does not clone a task, for the developer who asked for that one. */
export const NOT_FORCED =
  'tasks of its kind are rerun if they failed, never cloned; rerun it, or force the retrigger (`force`)';

/**
 * The verdict of the `rerun` action: reruns failed and exception tasks, whatever their marks say (taskgraph's
 * RERUN_STATES), except those that act with the repository's rights.
 */
export function rerunVerdict({ taskId, definition, state }: Target): Verdict {
  const privilege = privilegeOf(taskId, definition);
  if (privilege !== undefined) return forward('protected', privilege);
  return rerunIfUnsuccessful(state, 'a rerun was requested');
}

function forward(because: 'unmarked' | 'protected', reason: string): Verdict {
  return { do: 'forward', because, reason };
}

function rerunIfUnsuccessful(state: TaskState, reason: string): Verdict {
  if (state === 'completed') {
    return { do: 'noop', reason: 'it completed, and tasks of its kind are only rerun if they failed' };
  }
  return rerunUnlessUnresolved(state, reason);
}

function rerunUnlessUnresolved(state: TaskState, reason: string): Verdict {
  switch (state) {
    case 'completed':
    case 'failed':
    case 'exception':
      return { do: 'rerun', reason: `${reason}, and it is ${state}` };
    case 'pending':
    case 'running':
      return { do: 'noop', reason: `it is already ${state}` };
    case 'unscheduled':
      return { do: 'noop', reason: 'it is waiting for its dependencies, and a rerun would ignore them' };
  }
}

interface Mark {
  cloneable: boolean;
  source: 'extra.retrigger' | 'tags.retrigger' | 'attributes.retrigger' | 'force';
}

const FORCED: Mark = { cloneable: true, source: 'force' };

function graphMark(cloneable: boolean | undefined): Mark | undefined {
  return cloneable === undefined ? undefined : { cloneable, source: 'attributes.retrigger' };
}

/** A mark of the wrong type counts as none. */
export function retriggerMark({ extra, tags }: Pick<TaskDefinition, 'extra' | 'tags'>): Mark | undefined {
  const own = extra?.['retrigger'];
  if (own !== undefined) {
    return typeof own === 'boolean' ? { cloneable: own, source: 'extra.retrigger' } : undefined;
  }
  const tag = tags?.['retrigger'];
  if (tag === 'true' || tag === 'false') return { cloneable: tag === 'true', source: 'tags.retrigger' };
  return undefined;
}
