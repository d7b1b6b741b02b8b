import type { Credentials } from 'taskcluster-client';
import { fields, list, text } from '../../functions/taskcluster/answers.ts';
import { connect, type Services } from './clients.ts';
import { eventually } from './eventually.ts';

/** A run that the test worker has claimed, with clients that use the claim's credentials. */
export interface Claim {
  taskId: string;
  runId: number;
  queue: Services['queue'];
}

/** `shutdown`: the worker disappears, and the queue starts another run at once. */
export type Resolution = 'completed' | 'failed' | 'exception' | 'shutdown';

/** A worker that runs nothing: it claims tasks and resolves them as told. */
export class TestWorker {
  readonly #rootUrl: string;
  readonly #queue: Services['queue'];
  readonly #workerGroup: string;

  /** @param workerGroup the credentials need `queue:worker-id:<workerGroup>/*` */
  constructor(rootUrl: string, credentials: Credentials, workerGroup: string) {
    this.#rootUrl = rootUrl;
    this.#queue = connect({ rootUrl, credentials }).queue;
    this.#workerGroup = workerGroup;
  }

  /** Waits for work, which must be coming. */
  async claim(taskQueueId: string, tasks: number): Promise<Claim[]> {
    const method = 'claimWork';
    const worker = { workerGroup: this.#workerGroup, workerId: 'acceptance', tasks };
    return eventually(`there is work on ${taskQueueId}`, async () => {
      const answer = fields(method, await this.#queue.claimWork(taskQueueId, worker));
      const claims = list(method, answer['tasks']).map((entry) => this.#read(fields(method, entry)));
      return claims.length > 0 ? claims : undefined;
    });
  }

  /** Claims and resolves tasks of a queue until all of these are resolved. */
  async resolveAll(taskQueueId: string, wanted: ReadonlyMap<string, Resolution>): Promise<void> {
    const open = new Map(wanted);
    while (open.size > 0) {
      const claims = await this.claim(taskQueueId, 32);
      await Promise.all(
        claims.map(async (claim) => {
          const resolution = open.get(claim.taskId);
          if (!resolution) throw new Error(`${claim.taskId} was not to be claimed`);
          await resolve(claim, resolution);
          open.delete(claim.taskId);
        }),
      );
    }
  }

  #read(claim: Record<string, unknown>): Claim {
    const method = 'claimWork';
    const status = fields(method, claim['status']);
    const credentials = fields(method, claim['credentials']);
    const [clientId, accessToken, certificate] = ['clientId', 'accessToken', 'certificate'].map((name) =>
      text(method, credentials[name]),
    );
    if (clientId === undefined || accessToken === undefined || certificate === undefined)
      throw new Error('a claim has three parts of credentials');
    return {
      taskId: text(method, status['taskId']),
      runId: Number(claim['runId']),
      queue: connect({ rootUrl: this.#rootUrl, credentials: { clientId, accessToken, certificate } }).queue,
    };
  }
}

export async function resolve({ taskId, runId, queue }: Claim, resolution: Resolution): Promise<void> {
  switch (resolution) {
    case 'completed':
      await queue.reportCompleted(taskId, runId);
      break;
    case 'failed':
      await queue.reportFailed(taskId, runId);
      break;
    case 'exception':
      // A reason after which the queue does not retry.
      await queue.reportException(taskId, runId, { reason: 'malformed-payload' });
      break;
    case 'shutdown':
      await queue.reportException(taskId, runId, { reason: 'worker-shutdown' });
      break;
  }
}

/** Uploads a JSON document as an artifact, as workers do. */
export async function uploadJson(
  { taskId, runId, queue }: Claim,
  name: string,
  expires: string,
  content: unknown,
): Promise<void> {
  const contentType = 'application/json';
  const answer = await queue.createArtifact(taskId, runId, name, { storageType: 's3', contentType, expires });
  const url = text('createArtifact', fields('createArtifact', answer)['putUrl']);
  const response = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': contentType },
    body: JSON.stringify(content),
  });
  if (!response.ok) throw new Error(`PUT of ${name}: ${response.status} ${await response.text()}`);
}
