import type { ForwardTarget } from '../../../functions/actions/forward.ts';
import type { ActionPayload } from '../../../functions/actions/payload.generated.js';
import { prepare, type Request } from '../../../functions/actions/prepare.ts';
import { DEFAULT_FAST_ACTIONS } from '../../../functions/platform/fast-actions.ts';
import { Log } from '../../../functions/platform/log.ts';
import type { Reader } from '../../../functions/ports/reader.ts';
import { DECISION, HOOK, id, NOW } from '../fixtures.ts';
import { readerOf, smallPush, sourcesOf, type MemoryPush } from './memory-push.ts';

export interface Attempt {
  push?: MemoryPush;
  repeated?: boolean;
  now?: Date;
  /** Of the request. */
  changes?: Partial<Request>;
  /** Of the reader. */
  reader?: Partial<Reader>;
  targets?: ForwardTarget[];
}

/** Prepares an action, and returns the records that were logged with what came of it. */
export async function prepareOnce(payload: ActionPayload, options: Attempt = {}) {
  const { push = smallPush(), repeated = false, now = NOW, changes = {}, reader = {}, targets } = options;
  const logged: Record<string, unknown>[] = [];
  const request: Request = {
    payload,
    action: {
      id: id('action'),
      repeated,
      hook: HOOK,
      requested: NOW.toISOString(),
      now,
      rootUrl: 'https://tc.example.com',
    },
    killSwitch: false,
    fastActions: new Set(DEFAULT_FAST_ACTIONS),
    decision: Promise.resolve(push.tasks.get(DECISION)),
    ...changes,
  };
  const log = new Log((_level, fields) => logged.push({ ...fields }));
  const sources = { reader: { ...readerOf(push), ...reader }, graphs: sourcesOf(push).graphs };
  const prepared = await prepare(request, sources, log, targets);
  return { prepared, plan: prepared.plan, logged };
}
