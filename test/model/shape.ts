import * as fc from 'fast-check';
import type { Label } from './ask.ts';

export type State = 'unscheduled' | 'pending' | 'completed' | 'failed' | 'exception';

/** A label of a push, and its tasks so far. */
interface ShapedLabel extends Label {
  /** State of the decision task's own task. Without one, the decision task found a task, or left out the label. */
  state: State | undefined;
  /** State of the task that an earlier in-tree action made. */
  again: State | undefined;
}

/** The shape of a push; each label comes after those that it needs. */
export type Shape = readonly ShapedLabel[];

const anyState = fc.constantFrom<State>('completed', 'failed', 'pending', 'unscheduled', 'exception');

const anyLabel = fc.record({
  cloneable: fc.boolean(),
  marked: fc.constantFrom(true, true, false),
  strategy: fc.constantFrom('none', 'none', 'own', 'indexed'),
  // How many labels before.
  needs: fc.constantFrom([], [1], [1], [1, 2], [2, 3]),
  fate: fc.constantFrom('run', 'run', 'run', 'run', 'replaced', 'left out'),
  state: anyState,
  again: fc.option(anyState, { nil: undefined, freq: 4 }),
});

/** Random pushes of three to six labels. */
export const anyShape: fc.Arbitrary<Shape> = fc
  .array(anyLabel, { minLength: 3, maxLength: 6 })
  .map((drawn) => {
    const labels: ShapedLabel[] = [];
    for (const [at, { fate, needs, ...label }] of drawn.entries()) {
      const needed = needs.map((distance) => labels[at - distance]).filter((need) => need !== undefined);
      // The decision task never leaves out what something else needs.
      const scheduled = fate !== 'left out' && needed.every((need) => need.scheduled);
      labels.push({
        ...label,
        name: `label-${'abcdef'[at]}`,
        needs: needed.map(({ name }) => name),
        scheduled,
        state: scheduled && fate === 'run' ? label.state : undefined,
        again: scheduled ? label.again : undefined,
      });
    }
    return labels;
  });
