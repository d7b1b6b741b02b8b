import { isObject } from '../../functions/tasks/shapes.ts';
import { Queue } from '../treeherder/client.ts';

/** Where workers leave the log of a job; the finished log first. */
const LOGS = ['public/logs/live_backing.log', 'public/logs/live.log'];
const MAX_LOG_BYTES = 1024 * 1024;

/** Reads the details of a task from the queue, without credentials. */
export class QueueReads {
  readonly #queue: InstanceType<typeof Queue>;

  constructor(rootUrl: string) {
    this.#queue = new Queue({ rootUrl });
  }

  /** Where the queue shows the task's definition. */
  taskUrl(taskId: string): string {
    return this.#queue.buildUrl(this.#queue.task, taskId);
  }

  artifactUrl(taskId: string, name: string): string {
    return this.#queue.buildUrl(this.#queue.getLatestArtifact, taskId, name);
  }

  async definition(taskId: string): Promise<Record<string, unknown>> {
    const task = await this.#queue.task(taskId);
    return isObject(task) ? task : {};
  }

  /** @returns the beginning, if the log is very long; undefined if the task has no log yet */
  async log(taskId: string): Promise<{ url: string; text: string } | undefined> {
    const answer = await this.#queue.listLatestArtifacts(taskId);
    const artifacts: unknown = isObject(answer) ? answer['artifacts'] : undefined;
    const names = Array.isArray(artifacts)
      ? artifacts.filter(isObject).map((artifact) => artifact['name'])
      : [];
    const name = LOGS.find((one) => names.includes(one));
    if (name === undefined) return undefined;
    const url = this.artifactUrl(taskId, name);
    const response = await fetch(url);
    return response.ok ? { url, text: await beginning(response) } : undefined;
  }
}

async function beginning(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  if (!response.body) return text;
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    bytes += chunk.length;
    if (bytes > MAX_LOG_BYTES) return `${text}\n… and more: open the whole log.`;
  }
  return text;
}
