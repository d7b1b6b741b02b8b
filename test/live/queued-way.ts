import { fields, list, text } from '../../functions/taskcluster/answers.ts';
import type { Live } from './live.ts';

/** The `worker` function, on the wrapped hook's queue. */
export class QueuedWay {
  readonly #live: Live;

  constructor(live: Live) {
    this.#live = live;
  }

  /** Makes the worker perform a pending action task. */
  async work(taskId: string): Promise<void> {
    await this.#live.functions.work(() => this.#live.untilResolved(taskId));
  }

  /** Performs an action from the click to the resolved action task. Returns its taskId. */
  async perform(callback: string, user: { input: unknown; taskId: string | null }): Promise<string> {
    const taskId = await this.#live.triggerHook(
      this.#live.payload(callback, user),
      this.#live.deployment.hook,
    );
    await this.work(taskId);
    return taskId;
  }

  async retrigger(labels: string[]): Promise<string> {
    return this.perform('retrigger-multiple', { input: { requests: [{ tasks: labels }] }, taskId: null });
  }

  async artifactNames(taskId: string): Promise<string[]> {
    const method = 'listLatestArtifacts';
    const answer = fields(method, await this.#live.services.queue.listLatestArtifacts(taskId));
    return list(method, answer['artifacts']).map((entry) => text(method, fields(method, entry)['name']));
  }

  /** The text of an artifact of the task's latest run. */
  async artifact(taskId: string, name: string): Promise<string> {
    const method = 'getLatestArtifact';
    const answer = fields(method, await this.#live.services.queue.getLatestArtifact(taskId, name));
    const response = await fetch(text(method, answer['url']));
    if (!response.ok) throw new Error(`${name} of ${taskId}: ${response.status}`);
    return response.text();
  }

  async json(taskId: string, name: string): Promise<unknown> {
    return JSON.parse(await this.artifact(taskId, name));
  }
}
