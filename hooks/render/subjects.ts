import { hookPath } from '../../functions/tasks/hook-name.ts';
import type { HookDefinition } from '../read/definition.ts';
import type { Deployment, Mode } from '../read/deployment.ts';
import { families, globalHookId, globMatcher, matchHook, type Family } from '../read/families.ts';
import { globalHook } from './global.ts';
import type { HeldScopes } from '../read/live.ts';
import { fullCopy, unwrapHook, wrapHook, type WrapMode } from './wrap.ts';

/**
 * The repository of the pushes in the payload table; one that the hook's role covers, so that scopes can be checked.
 */
export interface PushSource {
  url: string;
  project: string;
  level: number;
  pullRequest: boolean;
}

/** A hook before and after the change, and the scopes of its role. */
export interface Subject {
  /** null for a global hook, which has no previous version */
  original: HookDefinition | null;
  mode: Mode;
  /** the hook as it would be deployed */
  wanted: HookDefinition;
  full: HookDefinition | null;
  taskQueueId: string;
  fastActions: string[];
  source: PushSource;
  /** expanded scopes of the hook's role; undefined if they could not be read */
  roleScopes: string[] | undefined;
}

/**
 * The hooks as they are and as they would be deployed, for `check` and `render`. Leaves out levels under the kill
 * switch: nothing of ours is deployed there.
 * @param live all hooks of the configured groups
 * @param held expanded scopes of roles, if known
 * @returns in `problems`, the hooks that cannot be wrapped
 */
export function subjects(
  live: HookDefinition[],
  deployment: Deployment,
  only: string,
  held: HeldScopes,
): { subjects: Subject[]; problems: { path: string; message: string }[] } {
  const selected = globMatcher(only);
  const active = families(deployment).filter((family) => !family.level.killSwitch);
  const { mode } = deployment;
  if (mode === 'global') {
    const globals = active
      .filter((family) => selected(`${family.hookGroupId}/${globalHookId(family)}`))
      .map((family): Subject => {
        const wanted = globalHook(family, deployment.owner ?? '');
        const roleScopes = held.get(`role:hook-id:${hookPath(wanted)}`);
        return { ...common(family, roleScopes), mode, original: null, wanted, full: null };
      });
    return { subjects: globals, problems: [] };
  }
  const found: Subject[] = [];
  const problems: { path: string; message: string }[] = [];
  for (const hook of live) {
    const match = matchHook(hook, active);
    if (match === undefined || match.full || !selected(hookPath(hook))) continue;
    const { family } = match;
    try {
      found.push({
        ...common(family, held.get(`role:${family.roleId}`)),
        mode,
        original: unwrapHook(hook),
        wanted: wrap(hook, family, mode),
        full: fullCopy(hook),
      });
    } catch (error) {
      // A wrapper of a newer version, or a damaged one.
      problems.push({
        path: hookPath(hook),
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return { subjects: found, problems };
}

function wrap(hook: HookDefinition, family: Family, mode: WrapMode): HookDefinition {
  const { taskQueueId, fastActions, priority } = family.level;
  return wrapHook(hook, { mode, taskQueueId, fastActions, priority });
}

function common(family: Family, roleScopes: string[] | undefined) {
  const { taskQueueId, fastActions } = family.level;
  return { taskQueueId, fastActions, roleScopes, source: pushSource(family, roleScopes ?? []) };
}

/** A repository that the role covers, from its `assume:repo:<repository>:action:<permission>`. */
function pushSource(family: Family, roleScopes: string[]): PushSource {
  const { permission, pullRequest, level } = family;
  const suffix = `:${pullRequest ? 'pr-' : ''}action:${permission}`;
  const scope = roleScopes.find((held) => held.startsWith('assume:repo:') && held.endsWith(suffix));
  const repository =
    scope?.slice('assume:repo:'.length, -suffix.length).replaceAll('*', 'any') ?? 'example.com/project';
  const project = repository.slice(repository.lastIndexOf('/') + 1);
  return { url: `https://${repository}`, project, level: level.level, pullRequest };
}
