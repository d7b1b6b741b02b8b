import type { ArtifactContent, DownloadLimits, GroupTask, IndexedTask, Reader } from '../ports/reader.ts';
import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';
import { LruCache } from './lru-cache.ts';
import type { TaskclusterReader } from './reader.ts';
import type { TaskId } from '../tasks/names.ts';

const DEFINITION_BYTES = 16 * 1024 * 1024;
/** The values are shared with the reader, which has its own limit. */
const ARTIFACT_BYTES = 16 * 1024 * 1024;
/** Only an operator reruns a completed task, but then its artifacts may change. */
const ARTIFACT_MS = 5 * 60 * 1000;

/**
 * Caches between actions what never changes: a task's definition, until the task expires, and for a few minutes the
 * final artifacts of a completed task, without asking even the queue. Statuses and index listings are read each time,
 * so whether a task still exists, and its state, never come from the cache.
 *
 * For one client's credentials only: what that client was allowed to read, it may read while it is cached.
 */
export class CachingReader implements Reader {
  readonly #reader: TaskclusterReader;
  readonly #now: () => number;
  readonly #definitions: LruCache<TaskDefinition>;
  readonly #artifacts: LruCache<unknown>;

  /** @param now ms since the epoch */
  constructor(reader: TaskclusterReader, now: () => number = Date.now) {
    this.#reader = reader;
    this.#now = now;
    this.#definitions = new LruCache(DEFINITION_BYTES, now);
    this.#artifacts = new LruCache(ARTIFACT_BYTES, now);
  }

  async task(taskId: TaskId): Promise<TaskDefinition | undefined> {
    const cached = this.#definitions.get(taskId);
    if (cached) return cached;
    const definition = await this.#reader.task(taskId);
    if (definition) this.#remember(taskId, definition);
    return definition;
  }

  async tasks(taskIds: readonly TaskId[]): Promise<Map<TaskId, TaskDefinition>> {
    const found = new Map<TaskId, TaskDefinition>();
    const missing: TaskId[] = [];
    for (const taskId of new Set(taskIds)) {
      const definition = this.#definitions.get(taskId);
      if (definition) found.set(taskId, definition);
      else missing.push(taskId);
    }
    if (missing.length === 0) return found;
    for (const [taskId, definition] of await this.#reader.tasks(missing)) {
      found.set(taskId, definition);
      this.#remember(taskId, definition);
    }
    return found;
  }

  async artifact(taskId: TaskId, name: string): Promise<unknown> {
    const key = `${taskId}/${name}`;
    const cached = this.#artifacts.get(key);
    if (cached !== undefined) return cached;
    const read = await this.#reader.readArtifact(taskId, name);
    if (read?.final) this.#artifacts.set(key, read.value, this.#now() + ARTIFACT_MS);
    return read?.value;
  }

  content(taskId: TaskId, name: string): Promise<ArtifactContent | undefined> {
    return this.#reader.content(taskId, name);
  }

  artifactStream(
    taskId: TaskId,
    name: string,
    limits: DownloadLimits,
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    return this.#reader.artifactStream(taskId, name, limits);
  }

  statuses(taskIds: readonly TaskId[]): Promise<Map<TaskId, TaskStatus>> {
    return this.#reader.statuses(taskIds);
  }

  listTaskGroup(taskGroupId: TaskId): AsyncIterable<readonly GroupTask[]> {
    return this.#reader.listTaskGroup(taskGroupId);
  }

  findTasks(indexPaths: readonly string[]): Promise<Map<string, TaskId>> {
    return this.#reader.findTasks(indexPaths);
  }

  listTasks(namespace: string): Promise<IndexedTask[]> {
    return this.#reader.listTasks(namespace);
  }

  #remember(taskId: TaskId, definition: TaskDefinition): void {
    this.#definitions.set(taskId, definition, Date.parse(definition.expires ?? definition.deadline));
  }
}
