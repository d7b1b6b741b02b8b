/** Callbacks (`cb_name`) that are fast by default. */
export const DEFAULT_FAST_ACTIONS = [
  'retrigger',
  'retrigger-disabled',
  'retrigger-multiple',
  'rerun',
] as const;

/**
 * What an operator can also switch on. Two of them are no callbacks: `downstream` is an input of the retriggers, and
 * `graph` lets us read the push's task graph for what the definitions do not say (unmarked tasks, labels that were
 * optimized away).
 */
const ON_REQUEST = ['downstream', 'add-new-jobs', 'cancel', 'cancel-all', 'graph'] as const;

/** Everything that can be fast. The hooks' configuration and the functions' setting use these names. */
export const FAST_ACTIONS = [...DEFAULT_FAST_ACTIONS, ...ON_REQUEST] as const;

export type FastAction = (typeof FAST_ACTIONS)[number];

/** Trust domains whose list differs from the default. */
export type FastActionsByDomain = ReadonlyMap<string, ReadonlySet<FastAction>>;

const BY_DEFAULT: ReadonlySet<FastAction> = new Set(DEFAULT_FAST_ACTIONS);
const NO_CALLBACKS: ReadonlySet<string> = new Set<FastAction>(['downstream', 'graph']);

export function isFastAction(name: string): name is FastAction {
  return FAST_ACTIONS.some((known) => known === name);
}

/** The names that are callbacks. */
export function callbacksAmong<T extends string>(names: readonly T[]): T[] {
  return names.filter((name) => !NO_CALLBACKS.has(name));
}

/** What is fast in a trust domain: exactly what is listed for it, or the default if nothing is. */
export function fastActionsIn(trustDomain: string, listed: FastActionsByDomain): ReadonlySet<FastAction> {
  return listed.get(trustDomain) ?? BY_DEFAULT;
}

/** @param words `<trust domain>/<name>` each; others are skipped, since the setting's form was checked before */
export function groupFastActions(words: readonly string[]): FastActionsByDomain {
  const listed = new Map<string, Set<FastAction>>();
  for (const word of words) {
    const [trustDomain = '', name = ''] = word.split('/');
    if (!isFastAction(name)) continue;
    const names = listed.get(trustDomain) ?? new Set();
    listed.set(trustDomain, names.add(name));
  }
  return listed;
}
