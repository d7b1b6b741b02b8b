import type { Push } from '../push/push.ts';
import type { TaskState } from './queue/task.ts';

/** Credentials in the form that every Taskcluster client takes. */
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
  /** How long claimWork waits before it answers without a task; the real queue waits 20,000 ms. */
  longPollMs?: number;
  /** How often a waiting claimWork looks for work; the real queue looks every 1,000 ms. */
  claimLookMs?: number;
  /** How long a claim lasts without a reclaim; the real queue's claims last 1,200,000 ms. */
  claimTimeoutMs?: number;
  /** Also keeps the answers, in `Call.response`; costs memory. */
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
  /** Set when a fault was applied to the call. */
  faulted?: true;
  /** Bytes of the response's body. */
  bytes: number;
  /** Milliseconds since the server started. */
  startMs: number;
  endMs: number;
}

/** Makes matching calls fail. The first rule that matches a call applies. */
export interface Fault {
  /** Method name, e.g. `createTask`; `get` and `put` for the data of artifacts; `*` for every call. */
  method: string;
  /** The call's whole path, decoded and without its query; `*` matches any text. */
  path?: string;
  /** Starts at the nth matching call since the rule was set (1-based; default 1). */
  nth?: number;
  /** How many matching calls it hits from there on (default 1). */
  times?: number;
  /** Answer with this HTTP status, in the error shape of the service, without performing the call. */
  status?: number;
  /**
   * Cut the connection `before` the call is performed, `after` it was performed (so that the answer is lost) or
   * `midway` through the body of the answer.
   */
  drop?: Moment;
  /** The same moments, but the connection stays open and nothing more is sent. */
  hang?: Moment;
  /** `createTask`: stop after the task is stored, before it is scheduled. The answer is a 500 if it is not lost. */
  halfway?: true;
  /** Wait this long before performing the call. */
  delayMs?: number;
  /** Wait for this as well. Only for callers in the same process. */
  until?: Promise<unknown>;
}

type Moment = 'before' | 'midway' | 'after';

/** An artifact that no honest task would leave behind. Where it is JSON, it is a map from labels to taskIds. */
export type HostileArtifact =
  /** A `reference` to a URL of the uploader's choice. */
  | { reference: string }
  /** Data whose URL answers with this redirect. */
  | { redirect: string }
  /** This many bytes of zeros once decompressed; a thousandth of that on the wire. */
  | { bomb: number }
  /** A body that never ends, sent as fast as it is read or a byte at a time. */
  | { endless: 'fast' | 'slow'; contentEncoding?: 'gzip' }
  /** Exactly these bytes; `application/json` by default. */
  | { bytes: Buffer; contentEncoding?: string; contentType?: string };

/** A live view of a task: `state` always gives the current state. */
export interface GroupTask {
  taskId: string;
  definition: Readonly<Record<string, unknown>>;
  state(): TaskState;
}

export interface LocalTaskcluster {
  rootUrl: string;
  /** The same services without the ingress rule: hook triggers always reach the hooks service. */
  internalRootUrl: string;
  /** Root credentials (scope `*`). */
  credentials: Credentials;
  loadPush(push: Push): void;
  /**
   * The tasks of a group in order of creation, starting at index `from`: what Treeherder's backend would learn from
   * Pulse. Empty for a group that does not exist.
   */
  groupTasks(taskGroupId: string, from?: number): GroupTask[];
  /** Adds or replaces an artifact of the task's latest run. */
  plantArtifact(taskId: string, name: string, artifact: HostileArtifact): void;
  /** Creates or replaces a client and returns its credentials. */
  createClient(clientId: string, scopes: string[]): Credentials;
  createRole(roleId: string, scopes: string[]): void;
  setFunctionsUrl(url: string | undefined): void;
  calls(): Call[];
  clearCalls(): void;
  setFaults(faults: Fault[]): void;
  setLatency(ms: number): void;
  /** Ends every running claim now, as if its `takenUntil` had passed. */
  expireClaims(): void;
  /** Resolves as soon as the condition holds. Checks it after every change of any task's status. */
  until(condition: () => boolean | Promise<boolean>, timeoutMs?: number): Promise<void>;
  /** Resolves as soon as the condition on all calls so far holds, or when the signal is aborted. */
  untilCalls(
    condition: (calls: Call[]) => boolean,
    options?: { timeoutMs?: number; signal?: AbortSignal },
  ): Promise<void>;
  close(): Promise<void>;
}
