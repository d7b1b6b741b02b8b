import type { Push } from '../../local/push/push.ts';
import { pressRetrigger, submitCustomAction } from '../../local/treeherder/button.ts';
import { Queue } from '../../local/treeherder/client.ts';
import { fields, list, text } from '../../functions/taskcluster/answers.ts';
import { cloneTaskId } from '../../functions/tasks/task-id.ts';
import { DEFAULT_FAST_ACTIONS } from '../../functions/platform/fast-actions.ts';
import { createHandler } from '../../functions/trigger/handler.ts';
import { at } from '../support/json.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { aBuild, change, first, tests } from '../support/push-tasks.ts';
import { QueuedWay } from '../support/queued-way.ts';
import { taskNow } from '../support/task-group.ts';
import { ALL_TARGETS, type Ask, type Left, type State, type Target } from './expected.ts';

const FAST_ACTIONS = [...DEFAULT_FAST_ACTIONS, 'cancel'] as const;

/** A deployment with both ways in, and one push on it. */
export class World {
  readonly way: QueuedWay;
  readonly #gateway: Gateway;
  #push: Push | undefined;
  /** Target → taskId. */
  #taskIds = new Map<Target, string>();

  private constructor(way: QueuedWay, gateway: Gateway) {
    this.way = way;
    this.#gateway = gateway;
    const { tc, deployment } = way;
    gateway.handler = createHandler(
      {
        rootUrl: tc.rootUrl,
        credentials: deployment.trigger,
        publicUrls: [new URL(gateway.url)],
        hooksRootUrl: tc.rootUrl,
        killSwitch: new Set(),
        fastActions: new Map([['gecko', new Set(FAST_ACTIONS)]]),
        artifactHosts: [],
        graphBytes: 512 * 1024 * 1024,
      },
      way.log(),
    );
  }

  static async start(): Promise<World> {
    return new World(
      await QueuedWay.start({ longPollMs: 20, fastActions: FAST_ACTIONS }),
      await startGateway(),
    );
  }

  async stop(): Promise<void> {
    await this.way.tc.close();
    await this.#gateway.close();
  }

  newPush(): void {
    const found = new Map<Target, string>();
    this.way.reset();
    this.#push = this.way.newPush((push) => {
      const [one, other] = tests(push, 'completed');
      const unmarked = first(tests(push, 'completed').slice(2), 'third test');
      if (!one || !other) throw new Error('the push has too few tests');
      change(push, one.taskId, { state: 'failed' });
      change(push, unmarked.taskId, { task: { tags: { kind: 'test', label: unmarked.label } } });
      found.set('failedTest', one.taskId).set('completedTest', other.taskId).set('unmarked', unmarked.taskId);
      found.set('failedBuild', aBuild(push, 'failed').taskId);
      found.set('completedBuild', aBuild(push, 'completed').taskId);
    });
    this.#taskIds = found;
  }

  /** @returns the taskId that Treeherder shows */
  async press(way: 'queued' | 'direct', { kind, targets, times }: Ask): Promise<string> {
    const { tc, deployment } = this.way;
    const session = {
      rootUrl: tc.rootUrl,
      userCredentials: deployment.user,
      decisionTaskId: this.#current.decisionTaskId,
      ...(way === 'direct' ? { hooksRootUrl: this.#gateway.url } : {}),
    };
    const labels = targets.map((target) => this.#label(target));
    const taskId = this.#taskId(first(targets, 'target'));
    if (kind === 'labels') return (await pressRetrigger(session, { labels, times })).taskId;
    const input = kind === 'task' ? { times } : {};
    const name = kind === 'task' ? 'retrigger' : kind;
    return (await submitCustomAction(session, { name, taskId, input })).taskId;
  }

  /** What stands in the push's task group beside the push itself: of one action task, or of all that have none. */
  left(action?: string): Left {
    const clones = new Map<Target, number>();
    let full = 0;
    for (const { taskId, definition } of this.way.tc.groupTasks(this.#current.decisionTaskId)) {
      if (taskId in this.#current.tasks) continue;
      const name = at(definition, 'metadata', 'name');
      const queued = String(definition['taskQueueId']).endsWith('/retrigger');
      const isAction = at(definition, 'tags', 'kind') === 'action-callback';
      if (isAction && !queued && (action === undefined || this.#fullOf(action) === taskId)) full++;
      const parent = at(definition, 'extra', 'parent');
      if (action !== undefined && parent !== action) continue;
      const target = ALL_TARGETS.find((one) => this.#label(one) === name);
      if (target && !isAction) clones.set(target, (clones.get(target) ?? 0) + 1);
    }
    return { clones, full };
  }

  /** How many runs a target has, and the state of the last one. */
  async runsOf(target: Target): Promise<{ runs: number; state: string }> {
    const { runs, state } = await taskNow(this.way.tc, this.#taskId(target));
    return { runs: runs.length, state };
  }

  /** A worker of the push's own ends what waits to run again. */
  async resolve(target: Target, state: State): Promise<void> {
    const { tc } = this.way;
    const queue = new Queue({ rootUrl: tc.rootUrl, credentials: tc.credentials });
    const taskId = this.#taskId(target);
    const { task } = await taskNow(tc, taskId);
    const worker = { workerGroup: 'model', workerId: 'model', tasks: 32 };
    for (;;) {
      const answer = fields('claimWork', await queue.claimWork(String(task['taskQueueId']), worker));
      const claims = list('claimWork', answer['tasks']).map((entry) => fields('claimWork', entry));
      for (const claim of claims) {
        const claimed = text('claimWork', at(claim, 'status', 'taskId'));
        if (claimed === taskId && state === 'failed')
          await queue.reportFailed(claimed, Number(claim['runId']));
        else await queue.reportCompleted(claimed, Number(claim['runId']));
        if (claimed === taskId) return;
      }
      if (claims.length === 0) throw new Error(`${target} is not pending`);
    }
  }

  /** The id that the full action task of a queued action must have. */
  #fullOf(action: string): string {
    const tasks = this.way.tc.groupTasks(this.#current.decisionTaskId);
    const task = tasks.find(({ taskId }) => taskId === action);
    return cloneTaskId(action, String(at(task?.definition, 'payload', 'full', 'hookId')), 1);
  }

  get #current(): Push {
    if (!this.#push) throw new Error('there is no push yet');
    return this.#push;
  }

  #taskId(target: Target): string {
    return this.#taskIds.get(target) ?? '';
  }

  #label(target: Target): string {
    return this.#current.tasks[this.#taskId(target)]?.label ?? '';
  }
}
