import type { TaskDefinition, TaskState, TaskStatus } from '../tasks/definition.ts';
import type { TaskId } from '../tasks/names.ts';

/** What planning reads from Taskcluster. Every call may throw a TaskclusterError. */
export interface Reader {
  /** One definition; undefined if the queue knows no such task. */
  task(taskId: TaskId): Promise<TaskDefinition | undefined>;
  /** Definitions by taskId; unknown ids are absent. Any number of ids; repeated ones count once. */
  tasks(taskIds: readonly TaskId[]): Promise<Map<TaskId, TaskDefinition>>;
  /** Statuses by taskId; unknown ids are absent. Any number of ids; repeated ones count once. */
  statuses(taskIds: readonly TaskId[]): Promise<Map<TaskId, TaskStatus>>;
  /** The JSON content of an artifact of the task's latest run; undefined if the task has no such artifact. */
  artifact(taskId: TaskId, name: string): Promise<unknown>;
  /**
   * The same artifact, not yet read: the queue has returned its URL, so the caller may read it. One small call;
   * undefined if the task has no such artifact.
   */
  content(taskId: TaskId, name: string): Promise<ArtifactContent | undefined>;
  /**
   * The bytes of an artifact of the task's latest run, decompressed, as they arrive; undefined if it has none. Read it
   * to the end or leave it (`break`). Exceeding the limits is a TaskclusterError while reading.
   */
  artifactStream(
    taskId: TaskId,
    name: string,
    limits: DownloadLimits,
  ): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** The tasks of a group, page by page, with only the fields that say whether each can still run. */
  listTaskGroup(taskGroupId: TaskId): AsyncIterable<readonly GroupTask[]>;
  /** taskIds by index path (without `index.`); paths without an indexed task are absent. Any number of paths. */
  findTasks(indexPaths: readonly string[]): Promise<Map<string, TaskId>>;
  /** All tasks directly under an index namespace. */
  listTasks(namespace: string): Promise<IndexedTask[]>;
}

/** Where the bytes of an artifact are, according to the queue. */
export interface ArtifactContent {
  /** Identifies the bytes, if they are final; undefined if nothing identifies them. */
  readonly address: string | undefined;
  /** Whether the bytes at the address are final, so that they can be cached. Never rejects. */
  isFinal(): Promise<boolean>;
  /**
   * The bytes, decompressed, as they arrive; read it like `artifactStream`. Undefined if storage no longer has them.
   */
  stream(limits: DownloadLimits): Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** The limits for one artifact. */
export interface DownloadLimits {
  /** After decompression. */
  bytes: number;
  /** From the request to the last byte. */
  ms: number;
}

/** A task from the listing of its group, without its definition. */
export interface GroupTask {
  taskId: TaskId;
  schedulerId: string;
  state: TaskState;
  /** When it was canceled, if it ended that way; ISO 8601. */
  canceled: string | undefined;
}

export interface IndexedTask {
  namespace: string;
  taskId: TaskId;
  data: unknown;
}
