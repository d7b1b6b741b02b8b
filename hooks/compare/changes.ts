import { isDeepStrictEqual } from 'node:util';
import { hookPath } from '../../functions/tasks/hook-name.ts';
import type { HookDefinition } from '../read/definition.ts';
import type { Deployment } from '../read/deployment.ts';
import { families, globalHookId, globMatcher, matchHook, type Family } from '../read/families.ts';
import { globalHook, isGlobalHook } from '../render/global.ts';
import { fullCopy, isFullCopy, isWrapped, unwrapHook, wrapHook, type WrapMode } from '../render/wrap.ts';

/**
 * One write to the hooks service. `before` is what was read, null if there was no such hook; `after` is null for a
 * removal.
 */
export interface HookChange {
  before: HookDefinition | null;
  after: HookDefinition | null;
}

/** The changes of one in-tree action hook and its full copy, in an order that is safe to interrupt after any step. */
export interface Unit {
  /** `<hookGroupId>/<hookId>` of the hook itself */
  path: string;
  family: Family;
  changes: HookChange[];
}

/** A hook that cannot be changed as wanted. */
export interface Problem {
  path: string;
  message: string;
}

export interface Changes {
  units: Unit[];
  problems: Problem[];
}

interface Pair {
  family: Family;
  hook: HookDefinition | null;
  full: HookDefinition | null;
}

/**
 * The changes that the configuration requires. Leaves out hooks whose names the configuration does not cover, whatever
 * they contain.
 * @param live all hooks of the configured groups
 * @param only pattern for `<hookGroupId>/<hookId>`; full copies go with their hook
 */
export function wantedChanges(live: HookDefinition[], deployment: Deployment, only = '*'): Changes {
  const { mode } = deployment;
  const globals = mode === 'global' ? globalUnits(live, deployment, only) : [];
  const foreign = globals.filter(({ changes }) =>
    changes.some(({ before }) => before && !isGlobalHook(before)),
  );
  const { units, problems } = collect(
    pairs(live, deployment, only),
    (pair) => (pair.family.level.killSwitch || mode === 'global' ? switchOff(pair) : switchOn(pair, mode)),
    globals.filter((unit) => !foreign.includes(unit)),
  );
  const taken = foreign.map(({ path }) => ({ path, message: 'exists, and was not made by this tool' }));
  return { units, problems: [...taken, ...problems] };
}

/** The changes that remove everything of ours: wrappers, full copies and global hooks. */
export function unwrapChanges(live: HookDefinition[], deployment: Deployment, only = '*'): Changes {
  const globals = globalUnits(live, deployment, only).flatMap(({ changes: _changes, ...unit }) => {
    const before = live.find((hook) => hookPath(hook) === unit.path && isGlobalHook(hook));
    return before === undefined ? [] : [{ ...unit, changes: [{ before, after: null }] }];
  });
  // The hook first: it needs its full copy while it is wrapped.
  return collect(pairs(live, deployment, only), (pair) => [...switchOff(pair), ...removeFull(pair)], globals);
}

function removeFull({ full }: Pair): HookChange[] {
  return full !== null && isFullCopy(full) ? [{ before: full, after: null }] : [];
}

function pairs(live: HookDefinition[], deployment: Deployment, only: string): Map<string, Pair> {
  const all = families(deployment);
  const selected = globMatcher(only);
  const found = new Map<string, Pair>();
  for (const hook of live) {
    const match = matchHook(hook, all);
    if (match === undefined) continue;
    const path = `${hook.hookGroupId}/${match.hookId}`;
    if (!selected(path)) continue;
    const pair = found.get(path) ?? { family: match.family, hook: null, full: null };
    found.set(path, match.full ? { ...pair, full: hook } : { ...pair, hook });
  }
  return found;
}

function collect(found: Map<string, Pair>, changesOf: (pair: Pair) => HookChange[], extra: Unit[]): Changes {
  const units: Unit[] = extra.filter((unit) => unit.changes.length > 0);
  const problems: Problem[] = [];
  for (const [path, pair] of [...found].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    try {
      const changes = changesOf(pair);
      if (changes.length > 0) units.push({ path, family: pair.family, changes });
    } catch (error) {
      // A wrapper of a newer version, or a damaged one: skip this hook and continue with the others.
      problems.push({ path, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { units, problems };
}

function switchOff({ hook }: Pair): HookChange[] {
  return hook !== null && isWrapped(hook) ? [{ before: hook, after: unwrapHook(hook) }] : [];
}

function switchOn(pair: Pair, mode: WrapMode): HookChange[] {
  const { hook, full, family } = pair;
  if (hook === null) {
    // The hook was removed, so its full copy is no longer needed.
    return removeFull(pair);
  }
  const { level } = family;
  const wrapped = wrapHook(hook, {
    mode,
    taskQueueId: level.taskQueueId,
    fastActions: level.fastActions,
    priority: level.priority,
  });
  const wantedFull = fullCopy(hook);
  const changes: HookChange[] = [];
  // The full copy first: without it, a wrapped hook could not forward.
  if (full === null || (isFullCopy(full) && !isDeepStrictEqual(full, wantedFull))) {
    changes.push({ before: full, after: wantedFull });
  } else if (!isDeepStrictEqual(full.task, wantedFull.task)) {
    // A copy by another tool will do if its template is the original.
    throw new Error(
      `${hookPath(full)} exists, was not made by this tool, and is not what ${hookPath(hook)} was`,
    );
  }
  if (!isDeepStrictEqual(hook, wrapped)) changes.push({ before: hook, after: wrapped });
  return changes;
}

function globalUnits(live: HookDefinition[], deployment: Deployment, only: string): Unit[] {
  const selected = globMatcher(only);
  return families(deployment)
    .filter((family) => !family.pullRequest && selected(`${family.hookGroupId}/${globalHookId(family)}`))
    .map((family) => {
      const after = globalHook(family, deployment.owner ?? '');
      const path = hookPath(after);
      const before = live.find((hook) => hookPath(hook) === path) ?? null;
      return { path, family, changes: isDeepStrictEqual(before, after) ? [] : [{ before, after }] };
    });
}
