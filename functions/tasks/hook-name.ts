/** Where a hook is found. `hookId` may contain `/`. */
export interface HookName {
  hookGroupId: string;
  hookId: string;
}

/** What an in-tree action hook's name says (fxci-config's in_tree_actions.py makes these names). */
export interface InTreeHook extends HookName {
  trustDomain: string;
  /** SCM level, `1` to `3`. */
  level: string;
  /** `<trust domain>-<level>`, as `gecko-1`: what task queues and settings go by. */
  trustDomainLevel: string;
  /** What every task of this trust domain and level carries as its schedulerId. */
  schedulerId: string;
}

/** Beside a wrapped hook stands its unwrapped original under the hookId with this suffix (hooks/ deploys it). */
export const FULL_SUFFIX = '/full';

const GROUP = /^project-([a-zA-Z0-9-]+)$/;
const HOOK = /^in-tree-(?:pr-)?action-([1-3])-[a-zA-Z0-9_-]+(?:\/[a-zA-Z0-9_-]+)?$/;

/** `<hookGroupId>/<hookId>`, as scopes and roles write it. */
export function hookPath({ hookGroupId, hookId }: HookName): string {
  return `${hookGroupId}/${hookId}`;
}

/** Reads `project-<trust domain>` and `in-tree-[pr-]action-<level>-<perm>[/<hash>]`; undefined for any other hook. */
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
