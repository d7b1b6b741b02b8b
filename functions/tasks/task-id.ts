import { createHash, randomUUID } from 'node:crypto';
import type { Label, TaskId } from './names.ts';

/** A slugid as Taskcluster requires it: URL-safe base64 of a v4 UUID (queue schema, `taskId`). */
export const SLUGID_PATTERN = /^[A-Za-z0-9_-]{8}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}[AQgw]$/;

/**
 * The taskId of one clone. It is derived, not random: a second attempt at the same action makes the same ids, so the
 * queue itself prevents creating anything twice.
 *
 * @param actionId identifies the action: the action task's id, or the id that seeds a direct call
 * @param targetTaskId the task to run again
 * @param copy 1-based number of the copy among all copies of that target in the action
 */
export function cloneTaskId(actionId: TaskId, targetTaskId: TaskId, copy: number): TaskId {
  const digest = createHash('sha256').update(`${actionId}/${targetTaskId}/${copy}`).digest();
  return toSlugid(digest.subarray(0, 16));
}

/**
 * The taskId of one task that an action creates from the graph's definition; derived for the same reason.
 *
 * @param round an action may create the same label in several rounds, each with everything that it needs
 * @param copy 1-based among the tasks of that label in one round
 */
export function newTaskId(actionId: TaskId, round: string, label: Label, copy: number): TaskId {
  // The label comes last because it may contain anything.
  const digest = createHash('sha256').update(`${actionId}/new/${round}/${copy}/${label}`).digest();
  return toSlugid(digest.subarray(0, 16));
}

/**
 * The id of a direct call whose payload has none. Treeherder's client signs a call once and sends that same request
 * again after a 5xx or a lost connection, so all its tries have the same id. Two clicks have different ids, because
 * each signature has a nonce.
 *
 * @param authorization the request's Hawk header
 */
export function requestTaskId(authorization: string, body: string): TaskId {
  const digest = createHash('sha256').update(`request/${authorization}/${body}`).digest();
  return toSlugid(digest.subarray(0, 16));
}

/** A random slugid, for an action without its own taskId. */
export function randomTaskId(): TaskId {
  return toSlugid(Buffer.from(randomUUID().replaceAll('-', ''), 'hex'));
}

/** Sets version and variant of a v4 UUID, and clears the first bit so that no id starts with a dash (a "nice" slugid). */
function toSlugid(bytes: Buffer): TaskId {
  const uuid = Buffer.from(bytes);
  uuid.writeUInt8(uuid.readUInt8(0) & 0x7f, 0);
  uuid.writeUInt8((uuid.readUInt8(6) & 0x0f) | 0x40, 6);
  uuid.writeUInt8((uuid.readUInt8(8) & 0x3f) | 0x80, 8);
  return uuid.toString('base64url');
}
