import type { Found, Told } from './findings.ts';
import { excessOfCanceling, untruthsOfCanceling } from './judge-canceling.ts';
import type { Wanted } from './scenarios.ts';

export interface Judgement {
  /** `told`: not everything was done, and the developer was told the truth. */
  verdict: 'done' | 'forwarded' | 'told' | 'wrong';
  /** Empty unless wrong. */
  problems: string[];
}

/**
 * Compares what was said with what exists. It knows nothing about how the functions work, only the words that they use.
 */
export function judge(found: Found, told: Told, wanted: Wanted): Judgement {
  const problems = [
    ...excess(found, wanted),
    ...untruths(found, told),
    ...untruthsOfCanceling(found, told, wanted.canceled),
  ];
  const complete = isComplete(found, wanted);
  const forwarded = found.fullActions.length === 1 && !wasBegun(found);
  if (told.success && !complete && !forwarded) problems.push('success was told, and not all is there');
  if (problems.length > 0) return { verdict: 'wrong', problems };
  return { verdict: complete ? 'done' : forwarded ? 'forwarded' : 'told', problems };
}

function isComplete(found: Found, wanted: Wanted): boolean {
  return (
    !wanted.forwarded &&
    found.fullActions.length === 0 &&
    Object.entries(wanted.clones).every(([label, count]) => found.clones.get(label)?.length === count) &&
    wanted.reruns.every((taskId) => found.reruns.includes(taskId)) &&
    wanted.canceled.every((taskId) => found.canceled.includes(taskId))
  );
}

function wasBegun({ clones, reruns, canceled }: Found): boolean {
  return clones.size > 0 || reruns.length > 0 || canceled.length > 0;
}

/** What exists but was not requested. */
function excess(found: Found, wanted: Wanted): string[] {
  const { clones, reruns, canceled, fullActions } = found;
  const problems = excessOfCanceling(canceled, wanted.canceled);
  for (const [label, made] of clones) {
    const most = wanted.clones[label] ?? 0;
    if (made.length > most) problems.push(`${made.length} new tasks of ${label}, and ${most} were wanted`);
  }
  if (new Set(reruns).size < reruns.length) problems.push('a task was rerun twice');
  if (reruns.some((taskId) => !wanted.reruns.includes(taskId))) problems.push('another task was rerun');
  if (fullActions.length > 1) problems.push(`${fullActions.length} full action tasks`);
  if (fullActions.length > 0 && wasBegun(found))
    problems.push('half of it was done, and then all of it handed on');
  return problems;
}

/** False statements, and tasks that exist without being mentioned. */
function untruths(found: Found, { success, status, text }: Told): string[] {
  if (success) return [];
  const problems: string[] = [];
  const there = [...[...found.clones.values()].flat(), ...found.reruns, ...found.fullActions];
  if (there.length > 0 && /Nothing was (run again|done)/.test(text))
    problems.push('"Nothing was run again" or "done", and it was');
  if (there.length > 0 && Number(status) >= 500) problems.push('a 5xx after a write: clients try that again');
  // A function that runs out of time can only say this.
  if (text.includes('it is not known what was done')) return problems;
  for (const taskId of there) if (!text.includes(taskId)) problems.push(`nobody was told of ${taskId}`);
  const [, doRun = ''] = text.split('These were run again');
  for (const taskId of doRun.match(/[\w-]{22}$/gm) ?? [])
    if (!there.includes(taskId)) problems.push(`${taskId} does not run, though it was said to`);
  if (status !== 'failed' && typeof status === 'string') problems.push(`the action task was left ${status}`);
  return problems;
}
