import { FULL_SUFFIX, type HookName } from '../../functions/tasks/hook-name.ts';
import type { Deployment, Level } from './deployment.ts';

/** The in-tree action hooks of one trust domain, level and permission: one per hash of a .taskcluster.yml. */
export interface Family {
  level: Level;
  permission: string;
  pullRequest: boolean;
  hookGroupId: string;
  /** hookId without the hash, ends in `/` */
  prefix: string;
  /** the role of every hook of the family, including its full copies */
  roleId: string;
}

/**
 * The families that the configuration names. fxci-config (in_tree_actions.py) and taskgraph, in actions.json
 * (registry.py), use the same naming; if either changes, change this.
 */
export function families(deployment: Deployment): Family[] {
  return deployment.levels.flatMap((level) =>
    level.permissions.flatMap((permission) =>
      (level.pullRequestActions ? [false, true] : [false]).map((pullRequest) => {
        const hookGroupId = `project-${level.trustDomain}`;
        const prefix = `in-tree-${pullRequest ? 'pr-' : ''}action-${level.level}-${permission}/`;
        return {
          level,
          permission,
          pullRequest,
          hookGroupId,
          prefix,
          roleId: `hook-id:${hookGroupId}/${prefix}*`,
        };
      }),
    ),
  );
}

/** `retrigger-<level>`, followed by the permission if it is not `generic`. */
export function globalHookId(family: Family): string {
  return `retrigger-${family.level.level}${family.permission === 'generic' ? '' : `-${family.permission}`}`;
}

/** Ten hex digits: the start of the SHA-256 of a .taskcluster.yml. */
const HASH = /^[0-9a-f]{10}$/;

export interface Match {
  family: Family;
  /** whether the name alone says that it is a `/full` copy */
  full: boolean;
  /** the in-tree action hook: this hook, or the one whose full copy it is by its name */
  hookId: string;
}

/** The family that a hook belongs to; undefined for all other hooks. */
export function matchHook(hook: HookName, all: Family[]): Match | undefined {
  for (const family of all) {
    if (hook.hookGroupId !== family.hookGroupId || !hook.hookId.startsWith(family.prefix)) continue;
    const full = hook.hookId.endsWith(FULL_SUFFIX);
    const hookId = full ? hook.hookId.slice(0, -FULL_SUFFIX.length) : hook.hookId;
    if (HASH.test(hookId.slice(family.prefix.length))) return { family, full, hookId };
  }
  return undefined;
}

/** Matches `<hookGroupId>/<hookId>` against a pattern: `*` matches any text and `?` any one character. */
export function globMatcher(glob: string): (path: string) => boolean {
  const source = glob
    .replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const pattern = new RegExp(`^${source}$`);
  return (path) => pattern.test(path);
}

/** Whether a pattern selects no hook that the configuration names. Even `*` may select none. */
export function matchesNothing(hooks: HookName[], deployment: Deployment, only: string): boolean {
  const all = families(deployment);
  const selected = globMatcher(only);
  const isMeant = (hook: HookName): boolean => {
    const match = matchHook(hook, all);
    return match !== undefined && selected(`${hook.hookGroupId}/${match.hookId}`);
  };
  if (deployment.mode === 'global') {
    const globals = all.map((family) => `${family.hookGroupId}/${globalHookId(family)}`);
    if (globals.some(selected)) return false;
  }
  return !hooks.some(isMeant);
}

/**
 * The names in the configuration that no hook has. A permission may have hooks only for pushes or only for pull
 * requests, and a level with `pullRequestActions` need not have every permission for these.
 */
export function unusedNames(hooks: HookName[], deployment: Deployment): string[] {
  if (deployment.mode === 'global') return [];
  const all = families(deployment);
  const used = familiesOf(hooks, all);
  const isUsed = (isLike: (other: Family) => boolean) =>
    all.some((other) => used.has(other) && isLike(other));
  return all
    .filter(({ level, permission, pullRequest }) =>
      pullRequest
        ? !isUsed((other) => other.level === level && other.pullRequest)
        : !isUsed((other) => other.level === level && other.permission === permission),
    )
    .map(({ hookGroupId, prefix }) => `${hookGroupId}/${prefix}*`);
}

function familiesOf(hooks: HookName[], all: Family[], selected = globMatcher('*')): Set<Family> {
  const found = new Set<Family>();
  for (const hook of hooks) {
    const match = matchHook(hook, all);
    if (match !== undefined && selected(`${hook.hookGroupId}/${match.hookId}`)) found.add(match.family);
  }
  return found;
}

/** The families with a hook, or global hook, that `only` selects. */
export function selectedFamilies(hooks: HookName[], deployment: Deployment, only: string): Family[] {
  const all = families(deployment);
  const selected = globMatcher(only);
  if (deployment.mode !== 'global') return [...familiesOf(hooks, all, selected)];
  return all.filter((family) => selected(`${family.hookGroupId}/${globalHookId(family)}`));
}
