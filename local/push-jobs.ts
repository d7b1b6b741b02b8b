import { jobOf, type Job } from './page/job.ts';
import type { GroupTask, LocalTaskcluster } from './taskcluster/api.ts';

/** The current jobs of a push. Plays Treeherder's backend, which learns of every task and its state. */
export class PushJobs {
  readonly #taskcluster: LocalTaskcluster;
  readonly #taskGroupId: string;
  readonly #jobs: { job: Job; task: GroupTask }[] = [];
  /** How many tasks were read, including those that are no jobs. */
  #seen = 0;

  constructor(taskcluster: LocalTaskcluster, taskGroupId: string) {
    this.#taskcluster = taskcluster;
    this.#taskGroupId = taskGroupId;
  }

  /** In order of creation. */
  list(): Job[] {
    for (const task of this.#taskcluster.groupTasks(this.#taskGroupId, this.#seen)) {
      this.#seen += 1;
      const job = jobOf(task.taskId, task.definition, task.state());
      if (job) this.#jobs.push({ job, task });
    }
    return this.#jobs.map(({ job, task }) => ({ ...job, state: task.state() }));
  }
}
