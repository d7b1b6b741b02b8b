/** A label of the push's graph; those that it needs come before it. */
export interface Label {
  name: string;
  needs: readonly string[];
  /** Whether a retrigger clones its tasks or reruns them. */
  cloneable: boolean;
  /** Whether the tasks say so, not only the graph. */
  marked: boolean;
  /** The decision task created or found a task for it. */
  scheduled: boolean;
  /** `own`: only the repository knows whether a task is needed. `indexed`: the index has one. */
  strategy: 'none' | 'own' | 'indexed';
}

/** A task of a label in the push's maps. */
export interface Task {
  taskId: string;
  label: string;
  /** Whether it is in the push's own group. */
  own: boolean;
}

export interface Push {
  labels: ReadonlyMap<string, Label>;
  tasks: readonly Task[];
}

/** The operator's settings. */
export interface Settings {
  killSwitch: boolean;
  fast: readonly string[];
}

/** A requested action. `task: undefined` is the decision task. */
export type Ask =
  | { callback: 'retrigger-multiple' | 'add-new-jobs'; labels: string[]; times: number }
  | {
      callback: 'retrigger' | 'retrigger-disabled';
      task: Task | undefined;
      times: number;
      downstream: boolean;
      force: boolean;
    }
  | { callback: 'rerun' | 'cancel' | 'create-interactive' | 'retrigger-decision'; task: Task | undefined }
  | { callback: 'cancel-all' };

/** What an action must leave if it is not forwarded. */
export interface Work {
  /** New tasks by label. */
  made: ReadonlyMap<string, number>;
  /** Tasks that get a new run if they have failed. */
  reruns: readonly string[];
  /** Tasks that are canceled if they have not ended. */
  cancels: readonly string[] | 'all';
  /** Something that was requested cannot be done. */
  refused: boolean;
}

export type Wanted = Work | 'full';
