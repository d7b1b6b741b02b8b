import type { Fault } from '../../local/taskcluster/api.ts';

/** What fails at one call. */
export interface Trouble {
  name: string;
  /** Undefined for a kill, which is not a fault of Taskcluster. */
  fault?: Omit<Fault, 'method' | 'path' | 'nth'>;
  /** The worker's process is killed, before or after Taskcluster has performed the call. */
  kill?: 'before' | 'after';
  /** Also part of a quick run. */
  quick?: true;
}

/** Longer than any try of a call may take (stage.ts). */
const SLOW_MS = 1_300;
/** For every try. */
const FOR_EVER = 1_000_000;

export const TROUBLES: readonly Trouble[] = [
  { name: '500', fault: { status: 500 } },
  { name: '429', fault: { status: 429 } },
  { name: '503', fault: { status: 503 } },
  { name: 'lost before', fault: { drop: 'before' } },
  { name: 'lost after', fault: { drop: 'after' } },
  { name: 'too slow', fault: { delayMs: SLOW_MS } },
  { name: 'hangs', fault: { hang: 'after' } },
  { name: '503 for ever', fault: { status: 503, times: FOR_EVER } },
  { name: 'lost before, for ever', fault: { drop: 'before', times: FOR_EVER } },
  { name: 'lost after, for ever', fault: { drop: 'after', times: FOR_EVER }, quick: true },
  { name: 'cut midway', fault: { drop: 'midway' } },
  { name: 'cut midway, for ever', fault: { drop: 'midway', times: FOR_EVER } },
  { name: 'hangs for ever', fault: { hang: 'before', times: FOR_EVER }, quick: true },
  { name: 'killed before', kill: 'before' },
  { name: 'killed after', kill: 'after', quick: true },
];
