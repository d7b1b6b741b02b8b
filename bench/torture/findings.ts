/** What the queue holds when all is over. */
export interface Found {
  /** label → taskIds of the new tasks */
  clones: ReadonlyMap<string, string[]>;
  /** Tasks that have been rerun, each as often as it was. */
  reruns: readonly string[];
  /** Tasks of the group that were canceled. */
  canceled: readonly string[];
  fullActions: readonly string[];
}

/** What the developer has been told. */
export interface Told {
  /** Direct: an answer of 200. Queued: the action task has completed. */
  success: boolean;
  /** The HTTP status of the answer, or the state of the action task. */
  status: number | string;
  text: string;
}
