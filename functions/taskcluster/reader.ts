import pLimit from 'p-limit';
import { timeLeft } from '../platform/deadline.ts';
import { isTooDeep } from '../platform/json.ts';
import type { ArtifactContent, DownloadLimits, GroupTask, IndexedTask, Reader } from '../ports/reader.ts';
import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';
import { fields, list, optionalText, shallowDefinition, status, text } from './answers.ts';
import { artifactAddress, namesRun } from './artifact-address.ts';
import type { MethodOf, TaskclusterClient } from './client.ts';
import { ContentCache, type Reading } from './content-cache.ts';
import type { Downloads } from './download.ts';
import { GroupPageBody, type GroupPage } from './group-page.ts';
import { isTaskclusterError } from '../ports/error.ts';
import { READ_POLICY, withRetries } from './retry.ts';
import type { TaskId } from '../tasks/names.ts';

/** The most ids in one batch read. Its pages have no order, so never request more at once. */
const BATCH = 1_000;
/** A status is small, but a definition can be of any size. Check the cost after this many. */
const DEFINITIONS_BATCH = 250;
const DEFINITIONS_BATCHES = 2;
/** Concurrent single reads, if a deployment lacks the batch reads. */
const SINGLE_READS = 50;
/** Limits for JSON artifacts that are read whole; a Firefox push's labels take 2 MB. */
const ARTIFACT_LIMITS: DownloadLimits = { bytes: 16 * 1024 * 1024, ms: 10_000 };
/** The labels of a dozen pushes; in memory they take about twice as much. */
const CONTENTS_BYTES = 16 * 1024 * 1024;

/** A cache of JSON artifacts for all readers of this process. */
export function jsonContents(now?: () => number): ContentCache<unknown> {
  return new ContentCache(CONTENTS_BYTES, undefined, now);
}

/** Reads from queue and index. */
export class TaskclusterReader implements Reader {
  readonly #client: TaskclusterClient;
  readonly #downloads: Downloads;
  readonly #contents: ContentCache<unknown>;

  /**
   * @param downloads shared by all readers of this process
   * @param contents likewise
   */
  constructor(client: TaskclusterClient, downloads: Downloads, contents = jsonContents()) {
    this.#client = client;
    this.#downloads = downloads;
    this.#contents = contents;
  }

  async task(taskId: TaskId): Promise<TaskDefinition | undefined> {
    const answer = await this.#orMissing('Queue', 'task', [taskId]);
    return answer === undefined ? undefined : shallowDefinition('task', answer);
  }

  async status(taskId: TaskId): Promise<TaskStatus | undefined> {
    const answer = await this.#orMissing('Queue', 'status', [taskId]);
    return answer === undefined ? undefined : status('status', fields('status', answer)['status']);
  }

  async tasks(taskIds: readonly TaskId[]): Promise<Map<TaskId, TaskDefinition>> {
    return this.#batch(
      taskIds,
      async (ids) => {
        const { tasks } = fields(
          'tasks',
          await this.#client.call('Queue', 'tasks', [{ taskIds: ids }, { limit: BATCH }]),
        );
        return list('tasks', tasks).map((entry): [TaskId, TaskDefinition] => {
          const { taskId, task } = fields('tasks', entry);
          return [text('tasks', taskId), shallowDefinition('tasks', task)];
        });
      },
      (taskId) => this.task(taskId),
      { size: DEFINITIONS_BATCH, atOnce: DEFINITIONS_BATCHES },
    );
  }

  async statuses(taskIds: readonly TaskId[]): Promise<Map<TaskId, TaskStatus>> {
    return this.#batch(
      taskIds,
      async (ids) => {
        const answer = await this.#client.call('Queue', 'statuses', [{ taskIds: ids }, { limit: BATCH }]);
        const { statuses } = fields('statuses', answer);
        return list('statuses', statuses).map((entry): [TaskId, TaskStatus] => {
          const found = fields('statuses', entry);
          return [text('statuses', found['taskId']), status('statuses', found['status'])];
        });
      },
      (taskId) => this.status(taskId),
    );
  }

  async artifact(taskId: TaskId, name: string): Promise<unknown> {
    return (await this.readArtifact(taskId, name))?.value;
  }

  /** The JSON content of an artifact, as `artifact` reads it, and whether it is final. */
  async readArtifact(taskId: TaskId, name: string): Promise<Reading<unknown> | undefined> {
    const answer = await this.#orMissing('Queue', 'getLatestArtifact', [taskId, name]);
    if (answer === undefined) return undefined;
    return this.#contents.get(this.#contentOf(taskId, name, answer), () => {
      const { bytes, ms } = ARTIFACT_LIMITS;
      const until = performance.now() + Math.min(ms, timeLeft());
      return withRetries(READ_POLICY, () =>
        this.#downloads.json(answer, name, { bytes, ms: Math.max(1, Math.ceil(until - performance.now())) }),
      );
    });
  }

  async content(taskId: TaskId, name: string): Promise<ArtifactContent | undefined> {
    const answer = await this.#orMissing('Queue', 'getLatestArtifact', [taskId, name]);
    return answer === undefined ? undefined : this.#contentOf(taskId, name, answer);
  }

  async artifactStream(
    taskId: TaskId,
    name: string,
    limits: DownloadLimits,
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    return (await this.content(taskId, name))?.stream(limits);
  }

  #contentOf(taskId: TaskId, name: string, answer: unknown): ArtifactContent {
    const address = artifactAddress(fields('getLatestArtifact', answer));
    return {
      address,
      isFinal: async () => address !== undefined && (await this.#isOfCompletedRun(address, taskId)),
      stream: ({ bytes, ms }) =>
        withRetries(READ_POLICY, () =>
          this.#downloads.stream(answer, name, {
            bytes,
            ms: Math.ceil(Math.max(1, Math.min(ms, timeLeft()))),
          }),
        ),
    };
  }

  /** A running task may still overwrite the artifact, and a failed one may in its next run. */
  async #isOfCompletedRun(address: string, taskId: TaskId): Promise<boolean> {
    try {
      const task = await this.status(taskId);
      const last = task?.runs.at(-1);
      return task?.state === 'completed' && last !== undefined && namesRun(address, taskId, last.runId);
    } catch (error) {
      // The caller may lack the scope for this, or the queue may fail: then nothing is cached.
      if (isTaskclusterError(error)) return false;
      throw error;
    }
  }

  async *listTaskGroup(taskGroupId: TaskId): AsyncGenerator<GroupTask[]> {
    let page: Promise<GroupPage> | undefined = this.#groupPage(taskGroupId);
    while (page !== undefined) {
      const { tasks, continuationToken }: GroupPage = await page;
      page = continuationToken === undefined ? undefined : this.#groupPage(taskGroupId, continuationToken);
      // Awaited in the next round, if the caller still needs it.
      page?.catch(() => undefined);
      yield tasks;
    }
  }

  async #groupPage(taskGroupId: TaskId, token?: string): Promise<GroupPage> {
    const query = { limit: BATCH, ...(token === undefined ? {} : { continuationToken: token }) };
    let body = new GroupPageBody();
    const eachTry = () => (body = new GroupPageBody());
    await this.#client.call('Queue', 'listTaskGroup', [taskGroupId, query], undefined, eachTry);
    return body.page;
  }

  async findTasks(indexPaths: readonly string[]): Promise<Map<string, TaskId>> {
    const method = 'findTasksAtIndex';
    return this.#batch(
      indexPaths,
      async (indexes) => {
        const answer = await this.#client.call('Index', method, [{ indexes }, { limit: BATCH }]);
        return list(method, fields(method, answer)['tasks']).map((entry): [string, TaskId] => {
          const { namespace, taskId } = fields(method, entry);
          return [text(method, namespace), text(method, taskId)];
        });
      },
      async (path) => {
        const answer = await this.#orMissing('Index', 'findTask', [path]);
        return answer === undefined ? undefined : text('findTask', fields('findTask', answer)['taskId']);
      },
    );
  }

  async listTasks(namespace: string): Promise<IndexedTask[]> {
    const found: IndexedTask[] = [];
    let continuationToken: string | undefined;
    do {
      const query = { limit: BATCH, ...(continuationToken === undefined ? {} : { continuationToken }) };
      const answer = fields('listTasks', await this.#client.call('Index', 'listTasks', [namespace, query]));
      for (const entry of list('listTasks', answer['tasks'])) {
        const task = fields('listTasks', entry);
        found.push({
          namespace: text('listTasks', task['namespace']),
          taskId: text('listTasks', task['taskId']),
          data: isTooDeep(task['data']) ? undefined : task['data'],
        });
      }
      continuationToken = optionalText('listTasks', answer['continuationToken']);
    } while (continuationToken !== undefined);
    return found;
  }

  /**
   * The batch reads of RFC 189 leave out unknown ids and answer in any order. They are marked experimental: an older
   * deployment answers 404, and then each id is read separately.
   */
  async #batch<K extends string, T>(
    keys: readonly K[],
    readBatch: (keys: K[]) => Promise<[K, T][]>,
    readOne: (key: K) => Promise<T | undefined>,
    { size, atOnce } = { size: BATCH, atOnce: SINGLE_READS },
  ): Promise<Map<K, T>> {
    const each = [...new Set(keys)];
    const chunks = Array.from({ length: Math.ceil(each.length / size) }, (_, index) =>
      each.slice(index * size, (index + 1) * size),
    );
    try {
      return new Map((await pLimit(atOnce).map(chunks, readBatch)).flat());
    } catch (error) {
      if (!isTaskclusterError(error) || error.statusCode !== 404) throw error;
    }
    const read = await pLimit(SINGLE_READS).map(each, async (key): Promise<[K, T][]> => {
      const found = await readOne(key);
      return found === undefined ? [] : [[key, found]];
    });
    return new Map(read.flat());
  }

  async #orMissing<S extends 'Queue' | 'Index'>(
    service: S,
    method: MethodOf<S>,
    args: unknown[],
  ): Promise<unknown> {
    try {
      return await this.#client.call(service, method, args);
    } catch (error) {
      if (isTaskclusterError(error) && error.notFound) return undefined;
      throw error;
    }
  }
}
