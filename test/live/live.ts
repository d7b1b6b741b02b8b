import type { Credentials } from 'taskcluster-client';
import { definition, fields, list, status, text } from '../../functions/taskcluster/answers.ts';
import type { TaskDefinition, TaskState, TaskStatus } from '../../functions/tasks/definition.ts';
import { Log, type LogLevel } from '../../functions/platform/log.ts';
import { actionPayload } from '../../local/push/actions.ts';
import type { HookName } from '../../functions/tasks/hook-name.ts';
import { connect, type Services, type Target } from './clients.ts';
import { deploy, type Deployment } from './deployment.ts';
import { pushPath } from './definitions.ts';
import { eventually } from './eventually.ts';
import type { Functions, StartFunctions } from './functions.ts';
import { makeForeignDecision, makePush, type LivePush } from './push.ts';
import { IMAGE_INDEX } from './wanted-tasks.ts';
import { TestWorker } from './worker.ts';

/** What the user's client sends, and its credentials. */
interface Sending {
  credentials?: Credentials;
  authorizedScopes?: string[];
  hook?: HookName;
}

/** A Taskcluster with the suite's own trust domain and push, and the functions. */
export class Live {
  readonly target: Target;
  /** A client with the credentials that were given to the suite. */
  readonly services: Services;
  readonly deployment: Deployment;
  readonly worker: TestWorker;
  readonly push: LivePush;
  /** A decision task, with its own group, whose scopes allow no action hook. */
  readonly foreignDecision: string;
  readonly functions: Functions;
  readonly #complaints: unknown[];

  private constructor(
    target: Target,
    made: Pick<Live, 'services' | 'deployment' | 'worker' | 'push' | 'foreignDecision' | 'functions'>,
    complaints: unknown[],
  ) {
    this.target = target;
    this.services = made.services;
    this.deployment = made.deployment;
    this.worker = made.worker;
    this.push = made.push;
    this.foreignDecision = made.foreignDecision;
    this.functions = made.functions;
    this.#complaints = complaints;
  }

  static async start(target: Target, startFunctions: StartFunctions): Promise<Live> {
    const services = connect(target);
    const deployment = await deploy(services);
    try {
      const worker = new TestWorker(target.rootUrl, deployment.testWorker, deployment.trustDomain);
      const push = await makePush(target, services, deployment, worker);
      const foreignDecision = await makeForeignDecision(services, deployment);
      const complaints: unknown[] = [];
      const complain = (level: LogLevel, record: unknown) => {
        if (level !== 'info') complaints.push(record);
      };
      const functions = await startFunctions({
        rootUrl: target.rootUrl,
        deployment,
        log: new Log(complain),
        onLine: (line) => readLine(line, complain),
      });
      const made = { services, deployment, worker, push, foreignDecision, functions };
      return new Live(target, made, complaints);
    } catch (error) {
      await deployment.remove();
      throw error;
    }
  }

  /** The functions' warnings and errors since the last call; no case should cause any. */
  takeComplaints(): unknown[] {
    return this.#complaints.splice(0);
  }

  /** The payload that Treeherder would render for an action, of this push by default. */
  payload(
    callback: string,
    user: { input: unknown; taskId: string | null },
    decisionTaskId = this.push.decisionTaskId,
  ): Record<string, unknown> {
    return actionPayload({ ...this.push.source, decisionTaskId }, callback, user);
  }

  /** Triggers a hook at the hooks service, as the user. Returns the taskId of the action task. */
  async triggerHook(payload: unknown, { hookGroupId, hookId }: HookName): Promise<string> {
    const { rootUrl } = this.target;
    const { hooks } = connect({ rootUrl, credentials: this.deployment.user });
    const method = 'triggerHook';
    return text(method, fields(method, await hooks.triggerHook(hookGroupId, hookId, payload))['taskId']);
  }

  /** Triggers a hook as the user, but at the function's URL. Returns the taskId that Treeherder would show. */
  async send(payload: unknown, { credentials, authorizedScopes, hook }: Sending = {}): Promise<string> {
    const { hooks } = connect(
      { rootUrl: this.functions.url, credentials: credentials ?? this.deployment.user },
      { retries: 0, ...(authorizedScopes ? { authorizedScopes } : {}) },
    );
    const { hookGroupId, hookId } = hook ?? this.deployment.hook;
    const answer = fields('triggerHook', await hooks.triggerHook(hookGroupId, hookId, payload));
    const taskId = text('triggerHook', answer['taskId']);
    const shown = text('triggerHook', fields('triggerHook', answer['status'])['taskId']);
    if (shown !== taskId) throw new Error(`the answer names ${taskId} and ${shown}`);
    return taskId;
  }

  async retrigger(labels: string[], times?: number): Promise<string> {
    const input = { requests: [{ tasks: labels, ...(times === undefined ? {} : { times }) }] };
    return this.send(this.payload('retrigger-multiple', { input, taskId: null }));
  }

  async task(taskId: string): Promise<TaskDefinition> {
    return definition('task', await this.services.queue.task(taskId));
  }

  async status(taskId: string): Promise<TaskStatus> {
    return status('status', fields('status', await this.services.queue.status(taskId))['status']);
  }

  async untilState(taskId: string, state: TaskState): Promise<TaskStatus> {
    return eventually(`${taskId} is ${state}`, async () => {
      const now = await this.status(taskId);
      return now.state === state ? now : undefined;
    });
  }

  async untilResolved(taskId: string): Promise<void> {
    await eventually(`${taskId} is resolved`, async () => {
      const { state } = await this.status(taskId);
      return ['completed', 'failed', 'exception'].includes(state) ? state : undefined;
    });
  }

  /** The tasks of the push's group, by name. */
  async taskIdsOf(name: string): Promise<string[]> {
    const found: string[] = [];
    let continuationToken: string | undefined;
    do {
      const method = 'listTaskGroup';
      const query = continuationToken === undefined ? {} : { continuationToken };
      const page = fields(method, await this.services.queue.listTaskGroup(this.push.decisionTaskId, query));
      for (const entry of list(method, page['tasks'])) {
        const { task, status: its } = fields(method, entry);
        if (definition(method, task).metadata.name === name) found.push(status(method, its).taskId);
      }
      const next = page['continuationToken'];
      continuationToken = typeof next === 'string' ? next : undefined;
    } while (continuationToken !== undefined);
    return found;
  }

  /** Tasks with the label, besides the decision task's own. */
  async clonesOf(label: string): Promise<string[]> {
    const original = this.push.taskId(label);
    return (await this.taskIdsOf(label)).filter((taskId) => taskId !== original);
  }

  /** Leaves nothing that could run or be used; the tasks themselves expire. */
  async stop(): Promise<void> {
    await this.functions.stop();
    const { queue, index } = this.services;
    for (const group of [this.push.decisionTaskId, this.foreignDecision]) {
      // The queue only cancels sealed groups.
      await queue.sealTaskGroup(group);
      await queue.cancelTaskGroup(group);
    }
    const path = pushPath(this.deployment);
    for (const namespace of [path, `${path}.actions`, `${this.deployment.trustDomain}.${IMAGE_INDEX}`]) {
      const method = 'listTasks';
      for (const entry of list(method, fields(method, await index.listTasks(namespace))['tasks'])) {
        await index.deleteTask(text(method, fields(method, entry)['namespace']));
      }
    }
    await this.deployment.remove();
  }
}

/** A line of a process, which may also print other things than its log. */
function readLine(line: string, read: (level: LogLevel, record: unknown) => void): void {
  const start = line.indexOf('{"level"');
  if (start < 0) return;
  const record = JSON.parse(line.slice(start));
  read(record.level, record);
}
