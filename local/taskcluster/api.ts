import type { Push } from '../push/push.ts';
import type { TaskState } from './queue/task.ts';

/** Credentials as every Taskcluster client takes them. */
export interface Credentials {
  clientId: string;
  accessToken: string;
  certificate?: string;
}

export interface LocalTaskclusterOptions {
  /** Port of the root URL on 127.0.0.1; 0 (the default) takes any free one. */
  port?: number;
  /** Milliseconds added to every answer of the APIs and of the artifacts' data (half before, half after the work). */
  latencyMs?: number;
  /** Base URL of the functions. With it, triggers of in-tree action hooks go there, as a deployment's ingress would send them. */
  functionsUrl?: string;
  /** How long claimWork waits for a task before it answers with none; the real queue takes 20,000 ms. */
  longPollMs?: number;
  /** How often a waiting claimWork looks for work; the real queue looks every 1,000 ms. */
  claimLookMs?: number;
  /** How long a claim lasts without a reclaim; the real queue's claims last 1,200,000 ms. */
  claimTimeoutMs?: number;
  /** Keeps the answers in `Call.response` too; costs memory. */
  recordResponses?: boolean;
  /** The services' clock, in milliseconds since the epoch. */
  now?: () => number;
}

/** One API call as the server saw it, in order of arrival. */
export interface Call {
  /**
   * `auth`, `queue`, `index`, `hooks`; `artifact-data` for the presigned-like URLs; `functions` for triggers that the
   * ingress sent to the functions; `unknown` for anything else.
   */
  service: string;
  /** The reference's method name, e.g. `createTask`; `unknown` for an unknown route; `get`, `put` for artifact data. */
  method: string;
  httpMethod: string;
  /** Path and query. */
  path: string;
  /** The clientId that signed the request, if any. */
  clientId?: string;
  /** Parsed JSON body of the request, if it had one. */
  body?: unknown;
  /** Parsed JSON body of the answer, with the option `recordResponses`. */
  response?: unknown;
  /** HTTP status; 0 while under way, or when no answer was sent. */
  status: number;
  /** A fault has hit it. */
  faulted?: true;
  /** Bytes of the response's body. */
  bytes: number;
  /** Milliseconds since the server started. */
  startMs: number;
  endMs: number;
}

/** Makes chosen calls go wrong. The first rule that matches a call applies. */
export interface Fault {
  /** Method name, e.g. `createTask`; `get` and `put` for the data of artifacts; `*` for every call. */
  method: string;
  /**
   * The call's whole path, decoded and without its query, where `*` stands for any text.
   */
  path?: string;
  /** Starts at the nth matching call since the rule was set (1-based; default 1). */
  nth?: number;
  /** How many matching calls from there on are hit (default 1). */
  times?: number;
  /** Answer with this HTTP status, in the error shape of the service, without performing the call. */
  status?: number;
  /**
   * Cut the connection: `before` the call is performed, `after` it was performed, so that the answer is lost, or
   * `midway` through the answer's body.
   */
  drop?: Moment;
  /** The same moments, but the connection stays open and nothing more comes. */
  hang?: Moment;
  /** Wait this long before performing the call. */
  delayMs?: number;
}

type Moment = 'before' | 'midway' | 'after';

/** What no honest task leaves behind. Its JSON is that of a map from labels to taskIds, as far as it is JSON at all. */
export type HostileArtifact =
  /** A `reference` to a URL of the uploader's choice. */
  | { reference: string }
  /** Data that answers with a redirect to there. */
  | { redirect: string }
  /** So many bytes of zeros once decompressed, a thousandth of that on the wire. */
  | { bomb: number }
  /** A body that never ends: as fast as it is read, or a byte at a time. */
  | { endless: 'fast' | 'slow'; contentEncoding?: 'gzip' }
  /** These bytes as they stand; JSON if not said otherwise. */
  | { bytes: Buffer; contentEncoding?: string; contentType?: string };

/** A task as it is now, however long it is kept. */
export interface GroupTask {
  taskId: string;
  definition: Readonly<Record<string, unknown>>;
  state(): TaskState;
}

export interface LocalTaskcluster {
  rootUrl: string;
  /** The same services past the ingress rule: hook triggers always reach the hooks service. */
  internalRootUrl: string;
  /** Root credentials (scope `*`). */
  credentials: Credentials;
  loadPush(push: Push): void;
  /**
   * Tasks of a group in the order of their creation, from a place on: what Treeherder's backend would have from Pulse.
   * Empty for a group that does not exist.
   */
  groupTasks(taskGroupId: string, from?: number): GroupTask[];
  /** Puts an artifact in place of one of the task's latest run. */
  plantArtifact(taskId: string, name: string, artifact: HostileArtifact): void;
  /** Creates or replaces a client and answers its credentials. */
  createClient(clientId: string, scopes: string[]): Credentials;
  createRole(roleId: string, scopes: string[]): void;
  setFunctionsUrl(url: string | undefined): void;
  calls(): Call[];
  clearCalls(): void;
  setFaults(faults: Fault[]): void;
  setLatency(ms: number): void;
  /** Ends every running claim now, as if its `takenUntil` had passed. */
  expireClaims(): void;
  /** Resolves as soon as the condition holds; re-examined after every change of any task's status. */
  until(condition: () => boolean | Promise<boolean>, timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}
