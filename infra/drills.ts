import { isObject } from '../functions/tasks/shapes.ts';
import type { Fault } from '../local/taskcluster/api.ts';

export interface Drill {
  /** What is broken. */
  what: string;
  way: 'direct' | 'queued';
  /** Which call fails, and how. */
  faults?: Fault[];
  latencyMs?: number;
  /** Settings of the functions. */
  env?: Record<string, string>;
  /** What must be logged, in order of importance: an event, and a text that one of its lines must contain. */
  logged: { event: string; text?: string }[];
  /** What Treeherder must show: a task or an error. */
  shows: 'a task' | 'an error';
}

const ALWAYS = 1_000_000;

export const DRILLS: Record<string, Drill> = {
  'worker-silent': {
    what: 'the queue answers no claims',
    way: 'queued',
    faults: [{ method: 'claimWork', status: 500, times: ALWAYS }],
    logged: [{ event: 'poll-failed' }],
    shows: 'a task',
  },
  'wrong-token': {
    what: 'the access token is refused',
    way: 'direct',
    faults: [{ method: 'authenticateHawk', status: 401, times: ALWAYS }],
    logged: [{ event: 'taskcluster-failed', text: '401' }],
    shows: 'an error',
  },
  unreadable: {
    what: 'the index cannot be read',
    way: 'direct',
    faults: [{ method: 'listTasks', status: 500, times: ALWAYS }],
    logged: [
      { event: 'read-failed' },
      { event: 'action-forwarded', text: '"unreadable"' },
      { event: 'action-done' },
    ],
    shows: 'a task',
  },
  refused: {
    what: 'the queue refuses to create tasks',
    way: 'direct',
    faults: [{ method: 'createTask', status: 403, times: ALWAYS }],
    logged: [
      { event: 'item-done', text: '"refused"' },
      { event: 'action-done', text: '"refused":1' },
    ],
    shows: 'an error',
  },
  slow: {
    what: 'every call takes 1 s',
    way: 'direct',
    latencyMs: 1_000,
    logged: [{ event: 'action-done', text: '"created":1' }],
    shows: 'a task',
  },
  'lost-answers': {
    what: 'tasks are created, but the answers get lost',
    way: 'queued',
    faults: [{ method: 'createTask', drop: 'after', times: 2 }],
    logged: [{ event: 'action-done', text: '"created":1' }, { event: 'resolved' }],
    shows: 'a task',
  },
  'bad-settings': {
    what: 'a setting is wrong',
    way: 'direct',
    // serverless-offline would exit after a failed scheduled invocation; Lambda goes on.
    env: { KILL_SWITCH: 'everything', NODE_OPTIONS: '--unhandled-rejections=warn' },
    logged: [{ event: 'unexpected-error', text: 'SettingsError' }],
    shows: 'an error',
  },
  'kill-switch': {
    what: 'the kill switch is set for the trust domain and level',
    way: 'direct',
    env: { KILL_SWITCH: 'gecko-3' },
    logged: [{ event: 'action-forwarded', text: '"kill-switch"' }, { event: 'action-done' }],
    shows: 'a task',
  },
};

/** The result of pressing the button. */
export type Shown = { task: string } | { error: string };

/** The event of a log line; undefined if it is not one. */
export function eventOf(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isObject(record) && typeof record['event'] === 'string' ? record['event'] : undefined;
}

/** What a drill should have shown but did not; empty if everything is as expected. */
export function deviations(drill: Drill, lines: readonly string[], shown: Shown | undefined): string[] {
  const missing = drill.logged
    .filter(({ event, text = '' }) => !lines.some((line) => eventOf(line) === event && line.includes(text)))
    .map(({ event, text }) => `no ${event}${text === undefined ? '' : ` with ${text}`} was logged`);
  const wanted = drill.shows === 'a task' ? 'task' : 'error';
  if (!shown) return [...missing, 'Treeherder shows nothing'];
  if ('error' in shown && shown.error.includes('TypeError')) missing.push('Treeherder shows a TypeError');
  return wanted in shown
    ? missing
    : [...missing, `Treeherder shows ${'task' in shown ? 'a task' : 'an error'}`];
}
