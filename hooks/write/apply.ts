import { isDeepStrictEqual } from 'node:util';
import pLimit from 'p-limit';
import type { HookChange, Problem, Unit } from '../compare/changes.ts';
import { hookPath } from '../../functions/tasks/hook-name.ts';
import { ServiceError, type Service } from '../read/service.ts';
import { isGlobalHook } from '../render/global.ts';
import { fullName, isFullCopy, isWrapped, originalName, unwrapHook } from '../render/wrap.ts';
import { lookThenWrite } from './look-then-write.ts';

export interface Applied {
  /** the hooks and roles that are now as wanted */
  done: string[];
  /** those that are not, and why; the others were still processed */
  failed: Problem[];
}

/** How many hooks are written at once: enough to hide latency, few enough not to strain the service. */
const CONCURRENCY = 5;

/**
 * Makes exactly the given changes. Reads each hook again before it writes: a hook that someone else has changed since
 * is left alone and reported. A failed write ends only that hook's changes; an unreachable service ends everything.
 * Applying again does the rest.
 * @param onProgress called after each unit, with the number done so far
 */
export async function applyUnits(
  units: Unit[],
  service: Service,
  onProgress: (done: number) => void = () => undefined,
): Promise<Applied> {
  const limit = pLimit(CONCURRENCY);
  const result: Applied = { done: [], failed: [] };
  let finished = 0;
  const advance = () => onProgress(++finished);
  let unreachable: ServiceError | undefined;
  await Promise.all(
    units.map((unit) =>
      limit(async () => {
        if (unreachable !== undefined) return advance();
        const written: string[] = [];
        try {
          for (const change of unit.changes) {
            const path = await applyChange(change, service);
            if (path !== undefined) written.push(path);
          }
          result.done.push(unit.path);
        } catch (error) {
          if (error instanceof ServiceError && error.unreachable) unreachable = error;
          const before = written.length > 0 ? ` (written before that: ${written.join(', ')})` : '';
          result.failed.push({
            path: unit.path,
            message: `${error instanceof Error ? error.message : String(error)}${before}`,
          });
        }
        advance();
      }),
    ),
  );
  if (unreachable !== undefined) {
    const seen = new Set([...result.done, ...result.failed.map((problem) => problem.path)]);
    for (const { path } of units) {
      if (!seen.has(path))
        result.failed.push({ path, message: `not tried: ${service.rootUrl} could not be reached` });
    }
  }
  return result;
}

/** @returns the hook's path if it was written; undefined if there was nothing to do */
async function applyChange(change: HookChange, service: Service): Promise<string | undefined> {
  const { before, after } = change;
  const name = after ?? before;
  if (name === null) return undefined;
  const written = await lookThenWrite(async () => {
    const current = (await service.hook(name)) ?? null;
    // An earlier, interrupted apply or someone else has already done it.
    if (isDeepStrictEqual(current, after)) return undefined;
    if (!isDeepStrictEqual(current, before)) {
      throw new Error(
        `${hookPath(name)} was changed by someone else since the difference was shown; it was left as it is`,
      );
    }
    await checkPartner(change, service);
    return () => writeHook(change, service);
  });
  return written ? hookPath(name) : undefined;
}

/**
 * A wrapped hook needs its full copy, also if someone has changed one of the two while the operator was asked.
 * @throws Error if the change would leave a wrapped hook without one
 */
async function checkPartner({ before, after }: HookChange, service: Service): Promise<void> {
  if (after !== null && isWrapped(after) && !isGlobalHook(after)) {
    const full = await service.hook(fullName(after));
    if (full !== undefined && isDeepStrictEqual(full.task, unwrapHook(after).task)) return;
    throw new Error(
      `${hookPath(fullName(after))} was changed by someone else since the difference was shown, so the hook was left as it is`,
    );
  }
  if (after !== null || before === null || !isFullCopy(before)) return;
  const hook = await service.hook(originalName(before));
  if (hook === undefined || !isWrapped(hook)) return;
  throw new Error(
    `${hookPath(hook)} was wrapped by someone else since the difference was shown, so its full copy was left as it is`,
  );
}

async function writeHook({ before, after }: HookChange, service: Service): Promise<void> {
  if (after === null) return before === null ? undefined : service.removeHook(before);
  const stored = before === null ? await service.createHook(after) : await service.updateHook(after);
  if (isDeepStrictEqual(stored, after)) return;
  throw new Error(
    `the service stored ${hookPath(after)} in another form than it was sent; compare with diff`,
  );
}
