/** For the compiler alone; no value has it. */
declare const kind: unique symbol;

/**
 * A task's id in the queue: a slugid. A task group has the taskId of its decision task.
 *
 * The compiler refuses a taskId where a label is wanted and the other way round, in lists, maps and functions as well.
 * It takes a plain string for either. A brand that refuses those too would find no further mix-up of the two: strings
 * come in at few places, and each of them has to check its strings at run time anyway (the payload's schema, the answers
 * of the queue, the label maps). All tests would have to mark their literals for it.
 */
export type TaskId = string & { readonly [kind]?: 'taskId' };

/** A task's name in its push, `metadata.name`. Anything may stand in it, and several tasks may have the same. */
export type Label = string & { readonly [kind]?: 'label' };
