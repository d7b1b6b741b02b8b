import { isRecord } from '../taskcluster/json.ts';
import { Queue } from '../treeherder/client.ts';
import { jobOf, jobsOf, records, stateOf, type Job, type State } from './job.ts';

const LOG = 'public/logs/live_backing.log';
/** taskIds that a batch read takes. */
const BATCH = 1000;

/** What the page reads of the queue, as anybody may. */
export class QueueReads {
  readonly #queue: InstanceType<typeof Queue>;

  constructor(rootUrl: string) {
    this.#queue = new Queue({ rootUrl });
  }

  /** The jobs of a push, page by page. */
  async *jobs(taskGroupId: string): AsyncGenerator<Job[]> {
    let continuationToken: unknown;
    do {
      const page = await this.#queue.listTaskGroup(
        taskGroupId,
        typeof continuationToken === 'string' ? { continuationToken } : {},
      );
      if (!isRecord(page)) return;
      yield jobsOf(page['tasks']);
      continuationToken = page['continuationToken'];
    } while (continuationToken !== undefined);
  }

  async states(taskIds: readonly string[]): Promise<Map<string, State>> {
    const states = new Map<string, State>();
    for (let at = 0; at < taskIds.length; at += BATCH) {
      const answer = await this.#queue.statuses({ taskIds: taskIds.slice(at, at + BATCH) });
      for (const { taskId, status } of isRecord(answer) ? records(answer['statuses']) : []) {
        if (isRecord(status)) states.set(String(taskId), stateOf(status['state']));
      }
    }
    return states;
  }

  /** Jobs that are not in the grid yet. */
  async newJobs(taskIds: readonly string[], states: ReadonlyMap<string, State>): Promise<Job[]> {
    const jobs: Job[] = [];
    for (let at = 0; at < taskIds.length; at += BATCH) {
      const answer = await this.#queue.tasks({ taskIds: taskIds.slice(at, at + BATCH) });
      for (const { taskId, task } of isRecord(answer) ? records(answer['tasks']) : []) {
        const id = String(taskId);
        const job = jobOf(id, task, states.get(id) ?? 'pending');
        if (job) jobs.push(job);
      }
    }
    return jobs;
  }

  async definition(taskId: string): Promise<Record<string, unknown>> {
    const task = await this.#queue.task(taskId);
    return isRecord(task) ? task : {};
  }

  /** @returns undefined as long as the task has left no log */
  async log(taskId: string): Promise<string | undefined> {
    const response = await fetch(this.#queue.buildUrl(this.#queue.getLatestArtifact, taskId, LOG));
    return response.ok ? response.text() : undefined;
  }
}
