/** Only for the compiler; no value has it. */
declare const kind: unique symbol;

/**
 * A task's id in the queue: a slugid. A task group has the taskId of its decision task.
 *
 * The compiler refuses a taskId in place of a label and vice versa, also in lists, maps and functions. It accepts a
 * plain string for either. A brand that refuses plain strings too would find no further mix-ups: strings enter in few
 * places, which have to check them at run time anyway (the payload's schema, the queue's answers, the label maps). But
 * all tests would have to mark their literals.
 */
export type TaskId = string & { readonly [kind]?: 'taskId' };

/** A task's name in its push, `metadata.name`. It may be any text, and several tasks may have the same one. */
export type Label = string & { readonly [kind]?: 'label' };
