import { isObject } from '../../functions/tasks/shapes.ts';
import type { Call } from '../taskcluster/api.ts';

/** The calls that the local Taskcluster has recorded; reading them is not recorded. */
export class RecordedCalls {
  readonly #rootUrl: string;
  /** The server's clock less the browser's, in ms. */
  readonly #offset: number;

  private constructor(rootUrl: string, offset: number) {
    this.#rootUrl = rootUrl;
    this.#offset = offset;
  }

  /** Compares the clocks. Assumes that the answer was made halfway through the request. */
  static async of(rootUrl: string): Promise<RecordedCalls> {
    const sent = performance.now();
    const answer = await readJson(`${rootUrl}/local/ready`);
    const elapsedMs = isObject(answer) ? Number(answer['elapsedMs']) : Number.NaN;
    if (Number.isNaN(elapsedMs)) throw new Error(`${rootUrl} is not a local Taskcluster`);
    return new RecordedCalls(rootUrl, elapsedMs - (sent + performance.now()) / 2);
  }

  /** Converts a time of `performance.now()` to the clock of the calls. */
  at(browserMs: number): number {
    return Math.max(0, browserMs + this.#offset);
  }

  /** @param sinceMs on the clock of the calls */
  async since(sinceMs: number): Promise<Call[]> {
    return records(await readJson(`${this.#rootUrl}/local/calls?since=${sinceMs.toFixed(3)}`)).filter(isCall);
  }
}

/** taskIds of the tasks that one action has created, rerun and canceled. */
export interface Written {
  created: string[];
  rerun: string[];
  canceled: string[];
}

export function countOf({ created, rerun, canceled }: Written): number {
  return created.length + rerun.length + canceled.length;
}

export function written(calls: readonly Call[]): Written {
  const taskIds = (wanted: string): string[] =>
    calls
      .filter(({ service, method, status }) => service === 'queue' && method === wanted && status === 200)
      .flatMap(({ path }) => /\/task\/([^/?]+)/.exec(path)?.[1] ?? []);
  return {
    created: [...new Set(taskIds('createTask'))],
    rerun: [...new Set(taskIds('rerunTask'))],
    canceled: [...new Set(taskIds('cancelTask'))],
  };
}

/** Leaves out unrelated calls: the toy worker's, the page's own reads of states, and CORS preflights. */
export function ownCalls(calls: readonly Call[], actionTaskIds: readonly string[]): Call[] {
  const clients = actionTaskIds.map((taskId) => `task-client/${taskId}/`);
  return calls.filter(
    ({ clientId = '', httpMethod, method }) =>
      httpMethod !== 'OPTIONS' &&
      !clientId.startsWith('static/') &&
      (!clientId.startsWith('task-client/') || clients.some((client) => clientId.startsWith(client))) &&
      !(clientId === '' && ['statuses', 'tasks', 'status', 'listTaskGroup'].includes(method)),
  );
}

/** The call that resolved an action task, once it was answered. */
export function resolution(calls: readonly Call[], actionTaskId: string): Call | undefined {
  return calls.find(
    ({ method, path, status }) =>
      method.startsWith('report') && path.includes(`/${actionTaskId}/`) && status === 200,
  );
}

function isCall(value: Record<string, unknown>): value is Record<string, unknown> & Call {
  const texts = ['service', 'method', 'httpMethod', 'path'];
  const numbers = ['status', 'bytes', 'startMs', 'endMs'];
  return (
    texts.every((key) => typeof value[key] === 'string') &&
    numbers.every((key) => typeof value[key] === 'number')
  );
}

async function readJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`GET ${url}: ${response.status}`);
  return response.json();
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
