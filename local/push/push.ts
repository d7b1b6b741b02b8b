/** A push as the local Taskcluster loads it: its contents of queue, index and artifacts. */
export interface Push {
  /** taskId of the decision task, which is also the taskGroupId. */
  decisionTaskId: string;
  /** taskId → task, including the decision, action and cron tasks. */
  tasks: Record<string, PushTask>;
  /** Index path (without `index.`) → taskId. */
  index: Record<string, string>;
  /** taskId → artifact name → JSON content, or CompressedJson. Every artifact is served as `application/json`. */
  artifacts: Record<string, Record<string, unknown>>;
}

export interface PushTask {
  label: string;
  state: 'unscheduled' | 'pending' | 'running' | 'completed' | 'failed' | 'exception';
  /** The definition as the queue returns it: with taskQueueId, provisionerId and workerType. */
  task: Record<string, unknown>;
}
