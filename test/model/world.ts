import { GRAPH_MEMORY, graphBytes, graphsIn } from '../../functions/actions/graphs.ts';
import { FAST_ACTIONS, isFastAction } from '../../functions/platform/fast-actions.ts';
import { Log } from '../../functions/platform/log.ts';
import { fields, list, text } from '../../functions/taskcluster/answers.ts';
import { ContentCache } from '../../functions/taskcluster/content-cache.ts';
import { cloneTaskId } from '../../functions/tasks/task-id.ts';
import { createHandler } from '../../functions/trigger/handler.ts';
import { actionPayload } from '../../local/push/actions.ts';
import { inTreeActionHook } from '../../local/push/taskcluster-yml.ts';
import { Queue } from '../../local/treeherder/client.ts';
import { openDoor } from '../support/door.ts';
import { at } from '../support/json.ts';
import { startGateway, type Gateway, type Handler } from '../support/gateway.ts';
import { QueuedWay, TASK_QUEUE } from '../support/queued-way.ts';
import { artifactJson, tasksInGroup } from '../support/task-group.ts';
import { triggerFromBrowser } from './browser.ts';
import type { Ask, Push, Settings, Task } from './ask.ts';
import type { Left } from './effects.ts';
import { pushOf, taskQueueOf, type ShapedPush } from './push.ts';
import type { Shape } from './shape.ts';

/** Generous, because on a busy machine everything takes long, and must not look like trouble. */
const PATIENCE = { requestMs: 60_000 };
export const RUN_MS = 600_000;

/** The current state of a task of the push's group. */
export interface Seen {
  taskId: string;
  label: string;
  kind: 'job' | 'action task of ours' | 'full action task';
  state: string;
  /** Runs created by reruns. */
  reruns: number;
  /** The action task that created it, if known. */
  parent: string;
  needs: string[];
}

/** A deployment with both ways, and one push. */
export class World {
  readonly way: QueuedWay;
  settings: Settings = { killSwitch: false, fast: FAST_ACTIONS };
  readonly #gateway: Gateway;
  readonly #handlers = new Map<string, Handler>();
  readonly #graphs = graphsIn(new ContentCache(GRAPH_MEMORY, graphBytes));
  #shaped: ShapedPush | undefined;
  #pushes = 0;

  private constructor(way: QueuedWay, gateway: Gateway) {
    this.way = way;
    this.#gateway = gateway;
    gateway.timeoutMs = RUN_MS;
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

  newPush(shape: Shape): void {
    this.way.reset();
    this.settings = { killSwitch: false, fast: FAST_ACTIONS };
    this.#shaped = pushOf(shape, ++this.#pushes, this.way.tc.rootUrl);
    this.way.tc.loadPush(this.#shaped.push);
  }

  /**
   * As Treeherder does it.
   * @param options.taskId of the action, if the caller chooses it
   * @param options.killAfter this many calls, the first invocation of the direct way dies
   * @returns the taskId that Treeherder shows
   */
  async press(
    way: 'queued' | 'direct',
    ask: Ask,
    { taskId, killAfter }: { taskId?: string | undefined; killAfter?: number | undefined } = {},
  ): Promise<string> {
    const { tc } = this.way;
    const { actions, push } = this.#current;
    const payload = actionPayload(actions, ask.callback, {
      taskId: 'task' in ask ? (ask.task?.taskId ?? push.decisionTaskId) : null,
      input: inputOf(ask),
    });
    const permission = ask.callback === 'retrigger-decision' ? ask.callback : 'generic';
    const hook = inTreeActionHook(3, permission);
    const sent = taskId === undefined ? payload : { ...payload, taskId };
    if (way === 'queued') return triggerFromBrowser(tc.rootUrl, tc.credentials, hook, sent);
    this.#gateway.handler = this.#handler(tc.rootUrl);
    if (killAfter !== undefined) await this.#killAfter(killAfter);
    return triggerFromBrowser(this.#gateway.url, tc.credentials, hook, sent);
  }

  /** One run of a worker with the current settings. */
  async work(changes: Parameters<QueuedWay['work']>[0] = {}): Promise<void> {
    const { killSwitch, fastActions } = this.#functionSettings();
    const graphs = this.#graphs;
    await this.way.work({
      taskQueueIds: [TASK_QUEUE],
      killSwitch,
      fastActions,
      graphs,
      ...PATIENCE,
      until: Date.now() + RUN_MS,
      ...changes,
    });
  }

  /** The push according to its maps. @param made tasks in an action task's map */
  known(made: readonly Task[]): Push {
    return { labels: this.#current.labels, tasks: [...this.#current.known, ...made] };
  }

  get labels(): ShapedPush['labels'] {
    return this.#current.labels;
  }

  /** Everything in the push's task group, except the decision task and the earlier action task. */
  async look(): Promise<Seen[]> {
    const { push, known } = this.#current;
    const all = await tasksInGroup(this.way.tc, push.decisionTaskId);
    const names = new Map(all.map(({ taskId, task }) => [taskId, String(at(task, 'metadata', 'name'))]));
    for (const [taskId, { label }] of Object.entries(push.tasks)) names.set(taskId, label);
    return all
      .filter(({ taskId }) => !(taskId in push.tasks) || known.some((task) => task.taskId === taskId))
      .map(({ taskId, state, runs, task }): Seen => {
        const dependencies = list('task', task['dependencies']).map(String);
        const ours = String(task['taskQueueId']).endsWith('/retrigger');
        const isAction = at(task, 'tags', 'kind') === 'action-callback';
        return {
          taskId,
          label: names.get(taskId) ?? '',
          kind: !isAction ? 'job' : ours ? 'action task of ours' : 'full action task',
          state,
          reruns: runs.filter(({ reasonCreated }) => reasonCreated === 'rerun').length,
          parent: String(at(task, 'extra', 'parent')),
          needs: dependencies.filter((id) => id !== push.decisionTaskId).map((id) => names.get(id) ?? id),
        };
      });
  }

  /** The map from labels to taskIds that an action task has left. */
  async mapOf(action: string): Promise<Record<string, string>> {
    const map = await artifactJson(this.way.tc, action, 'public/label-to-taskid.json');
    return Object.fromEntries(
      Object.entries(fields('artifact', map)).map(([label, taskId]) => [label, String(taskId)]),
    );
  }

  /** The taskId that the full action task of a queued action must have. */
  fullOf(action: string): string {
    const tasks = this.way.tc.groupTasks(this.#current.push.decisionTaskId);
    const task = tasks.find(({ taskId }) => taskId === action);
    return cloneTaskId(action, String(at(task?.definition, 'payload', 'full', 'hookId')), 1);
  }

  /** A worker ends one of a label's pending tasks. */
  async resolve(label: string, state: 'completed' | 'failed'): Promise<void> {
    const { rootUrl, credentials } = this.way.tc;
    const queue = new Queue({ rootUrl, credentials });
    const worker = { workerGroup: 'model', workerId: 'model', tasks: 1 };
    const answer = fields('claimWork', await queue.claimWork(taskQueueOf(label), worker));
    const [claim] = list('claimWork', answer['tasks']).map((entry) => fields('claimWork', entry));
    if (!claim) throw new Error(`no task of ${label} is pending`);
    const taskId = text('claimWork', at(claim, 'status', 'taskId'));
    if (state === 'failed') await queue.reportFailed(taskId, Number(claim['runId']));
    else await queue.reportCompleted(taskId, Number(claim['runId']));
  }

  #functionSettings() {
    const { killSwitch, fast } = this.settings;
    return {
      killSwitch: new Set(killSwitch ? ['gecko-3'] : []),
      fastActions: new Map([['gecko', new Set(fast.filter(isFastAction))]]),
    };
  }

  /**
   * The next invocation dies after this many calls; the gateway reports it, and the invocation is never heard of again.
   */
  async #killAfter(calls: number): Promise<void> {
    const { tc } = this.way;
    const door = await openDoor(tc.rootUrl);
    const [next, doomed] = [this.#gateway.handler, this.#handler(door.url, new Log(() => undefined))];
    const end = tc.calls().length + calls;
    this.#gateway.handler = async (event, context) => {
      this.#gateway.handler = next;
      const answer = doomed(event, context);
      const over = new AbortController();
      answer.finally(() => over.abort()).catch(() => undefined);
      await tc.untilCalls(({ length }) => length >= end, { signal: over.signal, timeoutMs: RUN_MS });
      const isOver = tc.calls().length < end;
      door.shut();
      return isOver ? answer : { statusCode: 502, body: '{"message":"Internal Server Error"}' };
    };
  }

  #handler(rootUrl: string, log = this.way.log()): Handler {
    const key = JSON.stringify([rootUrl, this.settings]);
    const { deployment } = this.way;
    const handler =
      this.#handlers.get(key) ??
      createHandler(
        {
          rootUrl,
          credentials: deployment.trigger,
          publicUrls: [new URL(this.#gateway.url)],
          hooksRootUrl: rootUrl,
          artifactHosts: [],
          graphBytes: 512 * 1024 * 1024,
          ...this.#functionSettings(),
        },
        log,
      );
    this.#handlers.set(key, handler);
    return handler;
  }

  get #current(): ShapedPush {
    if (!this.#shaped) throw new Error('there is no push yet');
    return this.#shaped;
  }
}

function inputOf(ask: Ask): unknown {
  switch (ask.callback) {
    case 'retrigger-multiple':
      return { requests: [{ tasks: ask.labels, times: ask.times }] };
    case 'add-new-jobs':
      return { tasks: ask.labels, times: ask.times };
    case 'retrigger':
    case 'retrigger-disabled': {
      const { times, downstream, force } = ask;
      return { times, downstream, ...(force ? { force } : {}) };
    }
    case 'rerun':
    case 'cancel':
    case 'cancel-all':
    case 'create-interactive':
    case 'retrigger-decision':
      return {};
  }
}

/** What was added to the group: new tasks by label, and full action tasks. */
export function leftIn(tasks: readonly Seen[]): Left {
  const jobs = tasks.filter(({ kind }) => kind === 'job');
  return {
    made: new Map([...Map.groupBy(jobs, ({ label }) => label)].map(([label, all]) => [label, all.length])),
    full: tasks.filter(({ kind }) => kind === 'full action task').length,
  };
}
