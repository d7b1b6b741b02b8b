import { setTimeout } from 'node:timers/promises';
import { timeLeft } from '../platform/deadline.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import { definition, fields, list, number, text } from './answers.ts';
import type { Credentials } from '../platform/credentials.ts';
import { ClaimRoom } from './claim-room.ts';
import { ClaimedTasksBody, type ClaimedTask, type LeftOut } from './claimed-tasks.ts';
import { TaskclusterClient, type MethodOf } from './client.ts';
import { TaskclusterError } from '../ports/error.ts';
import { ONCE, withRetries, WRITE_POLICY } from './retry.ts';
import type { TaskId } from '../tasks/names.ts';

/** A task that is ours until `takenUntil`. */
export interface Claim {
  taskId: TaskId;
  runId: number;
  /** How many more runs the queue would start if this one is given back or lost. A rerun resets it. */
  retriesLeft: number;
  /** When the run became pending, ISO 8601. */
  pendingSince: string;
  /** ISO 8601 */
  takenUntil: string;
  task: TaskDefinition;
  /** Why `task` is not the whole definition, if it is not. */
  leftOut?: LeftOut;
  /** Call this when the task is no longer needed; it makes room for others. */
  release: () => void;
  /** They allow what the task's scopes allow and to resolve this run, no more. */
  credentials: Credentials;
}

/** One document that a run uploads. */
export interface Artifact {
  name: string;
  contentType: string;
  content: string;
}

/** A second name for another artifact of the same run. */
export interface Link {
  name: string;
  /** The other's name. */
  artifact: string;
}

/** How long a run that is given back waits for its requests under way. */
const SETTLE_MS = 3_000;

const LINK_TYPE = 'text/plain; charset=utf-8';

/** Claims tasks as a worker. */
export class TaskclusterClaims {
  readonly #client: TaskclusterClient;
  readonly #worker: { workerGroup: string; workerId: string };
  readonly #room = new ClaimRoom();

  constructor(client: TaskclusterClient, worker: { workerGroup: string; workerId: string }) {
    this.#client = client;
    this.#worker = worker;
  }

  /**
   * Waits up to 20 s for work. Never abandon the answer: what it claims is ours whether we read it or not.
   * @param tasks how many at most, 1 to 32
   */
  async claimWork(taskQueueId: string, tasks: number): Promise<Claim[]> {
    const method = 'claimWork';
    const args = [taskQueueId, { ...this.#worker, tasks }];
    let body = new ClaimedTasksBody(this.#room);
    const eachTry = () => (body = new ClaimedTasksBody(this.#room));
    try {
      // One try: if the answer is lost, the tasks that it claimed become pending again when the claims expire.
      await this.#client.call('Queue', method, args, ONCE, eachTry);
    } catch (error) {
      // What did arrive is ours all the same.
      if (body.claims.length === 0) throw error;
    }
    return body.claims.map(readClaim);
  }
}

function readClaim({ claim, leftOut, release }: ClaimedTask): Claim {
  const method = 'claimWork';
  const runId = number(method, claim['runId']);
  const status = fields(method, claim['status']);
  const run = fields(method, list(method, status['runs'])[runId]);
  return {
    taskId: text(method, status['taskId']),
    runId,
    retriesLeft: number(method, status['retriesLeft']),
    pendingSince: text(method, run['scheduled']),
    takenUntil: text(method, claim['takenUntil']),
    task: definition(method, leftOut ? withoutContent(status, run) : claim['task']),
    ...(leftOut ? { leftOut } : {}),
    release,
    credentials: readCredentials(method, claim['credentials']),
  };
}

/** What a task's status says of its definition: enough to resolve it. */
function withoutContent(
  { taskGroupId, schedulerId, deadline, expires }: Record<string, unknown>,
  { scheduled }: Record<string, unknown>,
): unknown {
  const metadata = { name: 'a task', description: '', owner: '', source: '' };
  return { taskGroupId, schedulerId, created: scheduled, deadline, expires, payload: {}, metadata };
}

/** What a worker does with a claimed run. The client has only that claim's credentials. */
export class ClaimedRun {
  readonly client: TaskclusterClient;
  readonly #claim: Claim;
  /** The queue's answers, by the artifact's name. */
  readonly #creations = new Map<string, Promise<unknown>>();
  readonly #timeoutMs: number;

  /** @param timeoutMs of one request */
  constructor(rootUrl: string, claim: Claim, timeoutMs = 30_000) {
    this.client = new TaskclusterClient({ rootUrl, credentials: claim.credentials, timeoutMs });
    this.#claim = claim;
    this.#timeoutMs = timeoutMs;
  }

  /** Extends the claim. @returns the new `takenUntil`, ISO 8601 */
  async reclaim(): Promise<string> {
    const method = 'reclaimTask';
    const answer = fields(method, await this.#call(method));
    this.client.useCredentials(readCredentials(method, answer['credentials']));
    return text(method, answer['takenUntil']);
  }

  async reportCompleted(): Promise<void> {
    await this.#call('reportCompleted');
  }

  async reportFailed(): Promise<void> {
    await this.#call('reportFailed');
  }

  async reportMalformed(): Promise<void> {
    await this.#call('reportException', { reason: 'malformed-payload' });
  }

  /**
   * Ends the work on this run, and gives the task back to the queue, which starts the next run at once. That run must
   * find what this one has written, so the requests under way get a moment to end.
   */
  async giveBack(): Promise<void> {
    await Promise.race([this.client.close(), setTimeout(SETTLE_MS, undefined, { ref: false })]);
    await this.#call('reportException', { reason: 'worker-shutdown' }, undefined, this.client.reopened());
  }

  /**
   * Creates an artifact before its content is known, which saves `upload` or `link` a round trip. They handle a
   * failure.
   */
  prepare(artifact: Omit<Artifact, 'content'> | Link): void {
    this.#created(artifact).catch(() => undefined);
  }

  async upload({ name, contentType, content }: Artifact): Promise<void> {
    const answer = fields('createArtifact', await this.#created({ name, contentType }));
    const url = text('createArtifact', answer['putUrl']);
    await withRetries(WRITE_POLICY, () => put(url, { name, contentType, content }, this.#timeoutMs));
  }

  async link(link: Link): Promise<void> {
    await this.#created(link);
  }

  #created(artifact: Omit<Artifact, 'content'> | Link): Promise<unknown> {
    const { name } = artifact;
    const { expires } = this.#claim.task;
    const payload =
      'artifact' in artifact
        ? { storageType: 'link', contentType: LINK_TYPE, expires, artifact: artifact.artifact }
        : { storageType: 's3', contentType: artifact.contentType, expires };
    const creation = this.#creations.get(name) ?? this.#call('createArtifact', payload, name);
    this.#creations.set(name, creation);
    return creation;
  }

  #call(method: MethodOf<'Queue'>, payload?: object, name?: string, client = this.client): Promise<unknown> {
    const args = [this.#claim.taskId, this.#claim.runId, ...(name === undefined ? [] : [name])];
    return client.call('Queue', method, payload ? [...args, payload] : args, WRITE_POLICY);
  }
}

async function put(url: string, { name, contentType, content }: Artifact, timeoutMs: number): Promise<void> {
  const failure = (outcome: { kind: 'no-answer' } | { statusCode: number }, cause?: unknown) =>
    new TaskclusterError({
      method: 'upload',
      ...outcome,
      code: 'UploadFailed',
      message: `uploading ${name} failed`,
      cause,
    });
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'PUT',
      headers: { 'content-type': contentType },
      body: content,
      signal: AbortSignal.timeout(Math.max(1, Math.min(timeoutMs, timeLeft()))),
    });
    await response.arrayBuffer();
  } catch (error) {
    throw failure({ kind: 'no-answer' }, error);
  }
  if (!response.ok) throw failure({ statusCode: response.status });
}

function readCredentials(method: string, value: unknown): Credentials {
  const { clientId, accessToken, certificate } = fields(method, value);
  return {
    clientId: text(method, clientId),
    accessToken: text(method, accessToken),
    ...(certificate === undefined ? {} : { certificate: text(method, certificate) }),
  };
}
