import type { TaskDefinition, TaskState, TaskStatus } from '../tasks/definition.ts';
import type { TaskId } from '../tasks/names.ts';

/** What planning needs to read of Taskcluster, and no more. Every call may throw a TaskclusterError. */
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
   * The same artifact, not read yet: the queue has said where it is, and so that the caller may read it. One small call;
   * undefined if the task has no such artifact.
   */
  content(taskId: TaskId, name: string): Promise<ArtifactContent | undefined>;
  /**
   * The bytes of an artifact of the task's latest run, decompressed, as they come; undefined if it has none. To be read
   * to the end or left (`break`); what is beyond the limits is a TaskclusterError while it is read.
   */
  artifactStream(
    taskId: TaskId,
    name: string,
    limits: DownloadLimits,
  ): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** The tasks of a group, page after page as they are read, with as little of each as tells whether it can still run. */
  listTaskGroup(taskGroupId: TaskId): AsyncIterable<readonly GroupTask[]>;
  /** TaskIds by index path (without `index.`); paths under which nothing is indexed are absent. Any number of paths. */
  findTasks(indexPaths: readonly string[]): Promise<Map<string, TaskId>>;
  /** All tasks directly under an index namespace. */
  listTasks(namespace: string): Promise<IndexedTask[]>;
}

/** Where the bytes of an artifact are, as the queue said. */
export interface ArtifactContent {
  /** The same for the same bytes, as long as they are final; undefined if nothing tells them from others. */
  readonly address: string | undefined;
  /** Whether the bytes at the address are final, so that they can be cached. Never rejects. */
  isFinal(): Promise<boolean>;
  /** Decompressed, as they come, to be read as `artifactStream` is; undefined if storage has them no more. */
  stream(limits: DownloadLimits): Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** The most that one artifact may cost. */
export interface DownloadLimits {
  /** After decompression. */
  bytes: number;
  /** From the request to the last byte. */
  ms: number;
}

/** A task as the listing of its group has it, its definition aside. */
export interface GroupTask {
  taskId: TaskId;
  schedulerId: string;
  state: TaskState;
  /** When it was canceled, if that is how it has ended; ISO 8601. */
  canceled: string | undefined;
}

export interface IndexedTask {
  namespace: string;
  taskId: TaskId;
  data: unknown;
}
