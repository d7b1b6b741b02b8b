/** Where a hook is found. `hookId` may contain `/`. */
export interface HookName {
  hookGroupId: string;
  hookId: string;
}

/** The parts of an in-tree action hook's name (fxci-config's in_tree_actions.py makes these names). */
export interface InTreeHook extends HookName {
  trustDomain: string;
  /** SCM level, `1` to `3`. */
  level: string;
  /** `<trust domain>-<level>`, such as `gecko-1`: used in task queues and settings. */
  trustDomainLevel: string;
  /** The schedulerId of every task of this trust domain and level. */
  schedulerId: string;
}

/** The unwrapped original of a wrapped hook has the same hookId with this suffix (hooks/ deploys it). */
export const FULL_SUFFIX = '/full';

const GROUP = /^project-([a-zA-Z0-9-]+)$/;
const HOOK = /^in-tree-(?:pr-)?action-([1-3])-[a-zA-Z0-9_-]+(?:\/[a-zA-Z0-9_-]+)?$/;

/** `<hookGroupId>/<hookId>`, as scopes and roles write it. */
export function hookPath({ hookGroupId, hookId }: HookName): string {
  return `${hookGroupId}/${hookId}`;
}

/** Parses `project-<trust domain>` and `in-tree-[pr-]action-<level>-<perm>[/<hash>]`; undefined for any other hook. */
export function parseInTreeHook({ hookGroupId, hookId }: HookName): InTreeHook | undefined {
  const trustDomain = GROUP.exec(hookGroupId)?.[1];
  const level = HOOK.exec(hookId)?.[1];
  if (!trustDomain || !level) return undefined;
  return {
    hookGroupId,
    hookId,
    trustDomain,
    level,
    trustDomainLevel: `${trustDomain}-${level}`,
    schedulerId: `${trustDomain}-level-${level}`,
  };
}
