import type { Credentials } from '../api.ts';
import type { ArtifactStore } from './artifact-store.ts';
import type { ClaimPoller } from './claim-poller.ts';
import type { TaskStore } from './task-store.ts';

/** What the queue's methods work with. */
export interface QueueContext {
  store: TaskStore;
  artifacts: ArtifactStore;
  claims: ClaimPoller;
  /** The queue's own credentials; they issue those of the claimed runs. */
  credentials: Credentials;
  /** Milliseconds since the epoch. */
  now: () => number;
}
