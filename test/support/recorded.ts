import { readdir, readFile } from 'node:fs/promises';
import { readPushDir } from '../../local/push/load.ts';
import type { Push } from '../../local/push/push.ts';
import { isObject } from '../../functions/tasks/shapes.ts';

/** Recorded data that CI has next to the project; the project itself works without it. */
export const RECORDED = new URL('../../../shared/recorded/', import.meta.url);

/** The path of a recorded file or folder. */
function recordedPath(name: string): string {
  return new URL(name, RECORDED).pathname;
}

/** A recorded JSON document. @throws Error that says where it should be */
export async function recorded(name: string): Promise<Record<string, unknown>> {
  const path = recordedPath(name);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Error(`the contract tests need the recorded data beside the project: ${path}`, {
      cause: error,
    });
  });
  const document: unknown = JSON.parse(text);
  if (!isObject(document)) throw new Error(`${path} holds no object`);
  return document;
}

/** Names of the folders in a recorded folder; there must be some. */
export async function recordedCases(name: string): Promise<string[]> {
  const entries = await readdir(recordedPath(name), { withFileTypes: true }).catch((error: unknown) => {
    throw new Error(`the contract tests need the recorded data beside the project: ${recordedPath(name)}`, {
      cause: error,
    });
  });
  const cases = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  if (cases.length === 0) throw new Error(`${recordedPath(name)} is empty`);
  return cases;
}

/**
 * A recorded push, shifted in time so that its newest task is from an hour ago.
 *
 * Its generator gave every test the feature chainOfTrust, which no test of Firefox has and which would protect them all
 * at level 3. This removes it; what they are compared with goes through `withoutChainOfTrust`.
 */
export async function recordedPush(name: string, now: Date): Promise<Push> {
  const push = await readPushDir(recordedPath(name));
  const times = Object.values(push.tasks).map(({ task }) => Date.parse(String(task['created'])));
  const shift = now.getTime() - 3_600_000 - Math.max(...times);
  const move = (_: string, time: string) => JSON.stringify(new Date(Date.parse(time) + shift).toISOString());
  for (const entry of Object.values(push.tasks)) {
    const moved: unknown = JSON.parse(
      JSON.stringify(entry.task).replaceAll(/"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"/g, move),
    );
    if (isObject(moved)) entry.task = isCloneable(moved) ? withoutChainOfTrust(moved) : moved;
  }
  return push;
}

/** A definition without the feature chainOfTrust. */
export function withoutChainOfTrust(task: Record<string, unknown>): Record<string, unknown> {
  const { payload } = task;
  if (!isObject(payload) || !isObject(payload['features'])) return task;
  const { chainOfTrust: _, ...features } = payload['features'];
  return { ...task, payload: { ...payload, features } };
}

function isCloneable({ tags }: Record<string, unknown>): boolean {
  return isObject(tags) && tags['retrigger'] === 'true';
}
