/** What must come of actions, said once more in a few lines that share nothing with the functions. */

/** Tasks of the push, by what a retrigger does with them. */
export const TARGETS = {
  failedTest: { mark: 'clone', state: 'failed' },
  completedTest: { mark: 'clone', state: 'completed' },
  failedBuild: { mark: 'rerun', state: 'failed' },
  completedBuild: { mark: 'rerun', state: 'completed' },
  unmarked: { mark: 'none', state: 'completed' },
} as const;

export type Target = keyof typeof TARGETS;
export type State = 'failed' | 'completed' | 'pending' | 'exception';

export const ALL_TARGETS = [
  'failedTest',
  'completedTest',
  'failedBuild',
  'completedBuild',
  'unmarked',
] as const;

/** `labels`: Treeherder's button; the others: "Custom action…" on the first target. */
export interface Ask {
  kind: 'labels' | 'task' | 'rerun' | 'cancel';
  targets: Target[];
  times: number;
}

/** What an action must leave, unless it goes to the full hook. */
export interface Wanted {
  clones: Map<Target, number>;
  /** Targets that get a new run if they have failed. */
  reruns: Target[];
  /** Targets that are canceled if they have not ended. */
  cancels: Target[];
  /** Only the full hook knows what to do. */
  forwarded: boolean;
}

export function wantedOf({ kind, targets, times }: Ask): Wanted {
  const [first] = targets;
  const one = first ? [first] : [];
  if (kind === 'rerun') return { clones: new Map(), reruns: one, cancels: [], forwarded: false };
  if (kind === 'cancel') return { clones: new Map(), reruns: [], cancels: one, forwarded: false };
  const asked = kind === 'labels' ? [...new Set(targets)] : targets.slice(0, 1);
  const marked = (mark: string) => asked.filter((target) => TARGETS[target].mark === mark);
  const forwarded = marked('none').length > 0;
  return {
    clones: new Map(forwarded ? [] : marked('clone').map((target) => [target, times])),
    reruns: forwarded ? [] : marked('rerun'),
    cancels: [],
    forwarded,
  };
}

/** What an action has left: clones of each target, and full action tasks. */
export interface Left {
  clones: Map<Target, number>;
  full: number;
}

/** How an action ended that met trouble: `clean` had none; `answered` said that all was done; `partial` said something else. */
export type Ending = 'clean' | 'answered' | 'partial';

/**
 * What is wrong with what an action has left; undefined if nothing is. An action is done here or by the full hook, whole,
 * once: trouble decides only by whom.
 */
export function wrongWith({ clones, forwarded }: Wanted, left: Left, ending: Ending): string | undefined {
  const made = [...left.clones.values()].some((count) => count > 0);
  if (left.full > 1) return `${left.full} full action tasks`;
  if (left.full === 1 && made) return 'it was done here and by the full hook';
  if (left.full === 1) return forwarded || ending !== 'clean' ? undefined : 'it was forwarded';
  if (forwarded) return ending === 'partial' && !made ? undefined : 'it was not forwarded';
  for (const target of ALL_TARGETS) {
    const [is, should] = [left.clones.get(target) ?? 0, clones.get(target) ?? 0];
    if (is > should || (is < should && ending !== 'partial'))
      return `${is} clones of ${target} in place of ${should}`;
  }
  return undefined;
}
