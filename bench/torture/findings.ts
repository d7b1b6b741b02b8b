/** What is in the queue at the end. */
export interface Found {
  /** label → taskIds of the new tasks */
  clones: ReadonlyMap<string, string[]>;
  /** Tasks that were rerun, each as often as it was. */
  reruns: readonly string[];
  /** Tasks of the group that were canceled. */
  canceled: readonly string[];
  fullActions: readonly string[];
}

/** What the developer was told. */
export interface Told {
  /** Direct: the answer was 200. Queued: the action task completed. */
  success: boolean;
  /** The HTTP status of the answer, or the state of the action task. */
  status: number | string;
  text: string;
}
