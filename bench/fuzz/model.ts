/**
 * A second implementation of what payloads may request and do, written differently from the functions: it only looks at
 * values, without schemas, parsers or verdicts. Any difference is a finding.
 */
import type { MemoryPush } from '../../test/functions/actions/memory-push.ts';

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTaskId = (value: unknown): value is string =>
  typeof value === 'string' && Buffer.from(value, 'base64url').length === 16 && value.length === 22;
const hasOnly = (value: Fields, names: string[]) => Object.keys(value).every((name) => names.includes(name));
const allText = (value: unknown, names: string[]): value is Fields =>
  isFields(value) && names.every((name) => typeof value[name] === 'string');

export interface Asked {
  callback: string;
  taskGroupId: string;
  taskId: string | null;
  /** label or taskId → how many clones it may get at most */
  most: Map<string, number>;
}

interface Sound {
  callback: string;
  taskGroupId: string;
  taskId: string | null;
  input: unknown;
}

/** The contents of a payload that Treeherder may send; undefined if anything is wrong with it. */
function soundPayload(payload: unknown): Sound | undefined {
  if (!isFields(payload) || !hasOnly(payload, ['decision', 'user', 'taskId'])) return undefined;
  const { decision, user, taskId: own } = payload;
  if (own !== undefined && !isTaskId(own)) return undefined;
  if (!isFields(decision) || !hasOnly(decision, ['action', 'push', 'repository', 'parameters']))
    return undefined;
  if (!isFields(user) || !hasOnly(user, ['input', 'taskId', 'taskGroupId']) || !('input' in user))
    return undefined;
  const { action, push, repository } = decision;
  if (!allText(action, ['name', 'title', 'description', 'taskGroupId', 'cb_name', 'symbol']))
    return undefined;
  if (
    !allText(push, ['owner', 'revision', 'pushlog_id']) ||
    !allText(repository, ['url', 'project', 'level'])
  )
    return undefined;
  const { taskId, taskGroupId, input } = user;
  if (!isTaskId(taskGroupId) || action['taskGroupId'] !== taskGroupId) return undefined;
  if (taskId !== null && !isTaskId(taskId)) return undefined;
  return { callback: String(action['cb_name']), taskGroupId, taskId, input };
}

/** Whether a payload may have any effect, including a forward. */
export function isSound(payload: unknown): boolean {
  return soundPayload(payload) !== undefined;
}

/** What a payload requests from a fast action; undefined if it may only be refused or forwarded. */
export function askedFor(payload: unknown): Asked | undefined {
  const sound = soundPayload(payload);
  if (!sound) return undefined;
  const { callback, taskGroupId, taskId, input } = sound;
  const most = callback === 'retrigger-multiple' ? ofLabels(input) : ofOne(callback, taskId, input);
  return most && { callback, taskGroupId, taskId, most };
}

const timesOf = ({ times = 1 }: Fields): number =>
  typeof times === 'number' && Number.isInteger(times) && times >= 1 && times <= 100 ? times : 0;

function ofOne(callback: string, taskId: string | null, input: unknown): Map<string, number> | undefined {
  if (taskId === null || !(input === null || isFields(input))) return undefined;
  const options = input ?? {};
  if (callback === 'rerun') return Object.keys(options).length === 0 ? new Map([[taskId, 0]]) : undefined;
  if (callback !== 'retrigger' && callback !== 'retrigger-disabled') return undefined;
  const { times: _, downstream = false, force = false, ...others } = options;
  if (downstream !== false || force !== false || Object.keys(others).length > 0) return undefined;
  return timesOf(options) === 0 ? undefined : new Map([[taskId, timesOf(options)]]);
}

function ofLabels(input: unknown): Map<string, number> | undefined {
  if (!isFields(input) || !hasOnly(input, ['requests']) || !Array.isArray(input['requests']))
    return undefined;
  const requests: unknown[] = input['requests'];
  const most = new Map<string, number>();
  let all = 0;
  for (const request of requests) {
    if (!isFields(request) || !hasOnly(request, ['tasks', 'times']) || timesOf(request) === 0)
      return undefined;
    const { tasks } = request;
    if (!Array.isArray(tasks)) return undefined;
    for (const label of new Set<unknown>(tasks)) {
      if (typeof label !== 'string' || label === '') return undefined;
      most.set(label, (most.get(label) ?? 0) + timesOf(request));
      all += timesOf(request);
    }
  }
  return all <= 2_000 ? most : undefined;
}

/** A part of a plan, or of what was written. */
export interface Made {
  /** The task that was cloned or rerun. */
  taskId: string;
  how: 'clone' | 'rerun';
}

/** Describes everything that must not have been made. */
export function breaches(asked: Asked | undefined, made: readonly Made[], push: MemoryPush): string[] {
  if (!asked) return made.map(({ how, taskId }) => `${how} of ${taskId} by a payload that asks for nothing`);
  const counts = new Map<string, number>();
  const found: string[] = [];
  for (const { taskId, how } of made) {
    const task = push.tasks.get(taskId);
    const count = (counts.get(`${how} ${taskId}`) ?? 0) + 1;
    counts.set(`${how} ${taskId}`, count);
    const label = task?.metadata.name ?? '';
    const wanted = asked.most.get(asked.callback === 'retrigger-multiple' ? label : taskId);
    const because = (why: string) =>
      found.push(`${how} of ${taskId} (${label}) by ${asked.callback}: ${why}`);
    if (!task || wanted === undefined) because('nobody has asked for it');
    else if (count > (how === 'clone' ? wanted : 1)) because(`${count} of them`);
    if (task?.taskGroupId !== asked.taskGroupId) because('it is of another push');
    if (task?.schedulerId !== 'gecko-level-3') because('it is of another level');
    if (!label.startsWith(`may ${how}`) && !(asked.callback === 'rerun' && label.includes('by rerun')))
      because('it must not be');
  }
  return found;
}
