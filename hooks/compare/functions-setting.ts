import {
  DEFAULT_FAST_ACTIONS,
  fastActionsIn,
  groupFastActions,
} from '../../functions/platform/fast-actions.ts';
import type { Family } from '../read/families.ts';
import { readStage } from '../read/stage.ts';
import type { Finding } from './check.ts';

/** The result of comparing the hooks' list of fast actions with the functions' (FAST_ACTIONS of their stage). */
export interface Agreement {
  findings: Finding[];
  /** what could not be compared */
  unjudged: string[];
}

/**
 * Compares the two lists for each family that is switched on. The worker's client identifies a level's stage; if
 * another deployment runs the worker, its settings are not known here.
 */
export function compareFastActions(families: readonly Family[], stageOf = readStage): Agreement {
  const agreement: Agreement = { findings: [], unjudged: [] };
  for (const { level, hookGroupId, prefix } of families) {
    if (level.killSwitch) continue;
    const hook = `${hookGroupId}/${prefix}*`;
    const stage = stageOf(level.level);
    const settings = stage.worker.TASKCLUSTER_CLIENT_ID === level.workerClientId ? stage : undefined;
    for (const name of ['worker', 'trigger'] as const) {
      const { FAST_ACTIONS: setting = '' } = settings?.[name] ?? {};
      if (settings === undefined || setting.includes('${')) {
        const whose = settings === undefined ? level.workerClientId : `${stage.name} (${name})`;
        if (!sameNames(level.fastActions, DEFAULT_FAST_ACTIONS))
          agreement.unjudged.push(
            `FAST_ACTIONS of ${whose}, which must list for ${level.trustDomain}: ${level.fastActions.join(', ')}`,
          );
        continue;
      }
      const words = setting.split(',').map((word) => word.trim());
      const theirs = fastActionsIn(level.trustDomain, groupFastActions(words));
      if (sameNames(level.fastActions, [...theirs])) continue;
      agreement.findings.push({
        hook,
        message: difference(level.fastActions, [...theirs], stage.name, name),
      });
    }
  }
  return { findings: agreement.findings, unjudged: [...new Set(agreement.unjudged)] };
}

function sameNames(some: readonly string[], others: readonly string[]): boolean {
  return new Set([...some, ...others]).size === some.length && some.length === others.length;
}

function difference(
  hooks: readonly string[],
  functions: readonly string[],
  stage: string,
  name: 'worker' | 'trigger',
): string {
  const ours = namesMissing(functions, hooks);
  const theirs = namesMissing(hooks, functions);
  return [
    `fastActions and FAST_ACTIONS of ${stage} (${name}) differ:`,
    ...(ours === '' ? [] : [`only the hooks list ${ours}`]),
    ...(ours !== '' && theirs !== '' ? ['and'] : []),
    ...(theirs === '' ? [] : [`only the functions list ${theirs}`]),
  ].join(' ');
}

/** The names in `all` that are not in `some`. */
function namesMissing(some: readonly string[], all: readonly string[]): string {
  return all.filter((name) => !some.includes(name)).join(', ');
}
