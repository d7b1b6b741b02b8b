import { randomTaskId } from '../../functions/tasks/task-id.ts';
import type { PushContext } from '../../local/push/context.ts';
import { defineTask, type TaskDefinition } from '../../local/push/definition.ts';
import { withoutCreation } from '../../local/push/full-graph.ts';
import { actionsSource, actionTask, decisionTask, parameters } from '../../local/push/in-tree-tasks.ts';
import type { ActionsSource } from '../../local/push/actions.ts';
import type { Push as LoadedPush, PushTask } from '../../local/push/push.ts';
import { seededRandom } from '../../local/push/random.ts';
import { autoland } from '../../local/push/repository.ts';
import { inTreeActionHook } from '../../local/push/taskcluster-yml.ts';
import type { Label, Task } from './ask.ts';
import type { Shape, State } from './shape.ts';

/** A push of the given shape. */
export interface ShapedPush {
  push: LoadedPush;
  actions: ActionsSource;
  labels: ReadonlyMap<string, Label>;
  /** The tasks in the push's maps. */
  known: readonly Task[];
}

const HOUR = 3_600_000;

/** @param seed a different one for each push, for its revision */
export function pushOf(shape: Shape, seed: number, rootUrl: string): ShapedPush {
  const context = contextOf(seed, rootUrl);
  const { decisionTaskId } = context;
  const builder = new Builder(context, shape);
  const decision = decisionTask(context);
  const action = randomTaskId();
  const earlier = actionTask(context, action, hoursLater(context, 1), {
    cbName: 'retrigger-multiple',
    input: {},
  });
  builder.tasks[decisionTaskId] = { label: 'Decision Task', state: 'completed', task: decision };
  builder.tasks[action] = { label: 'Action: Retrigger', state: 'completed', task: earlier };
  for (const label of shape) {
    if (label.state !== undefined) builder.run(label, label.state);
    else if (label.scheduled) builder.find(label);
    if (label.strategy === 'indexed') builder.index(label);
  }
  for (const label of shape) if (label.again !== undefined) builder.run(label, label.again, action);
  return {
    push: {
      decisionTaskId,
      tasks: builder.tasks,
      index: { ...builder.paths, ...indexed(decisionTaskId, decision), ...indexed(action, earlier) },
      artifacts: {
        [decisionTaskId]: {
          'public/label-to-taskid.json': builder.decisionMap,
          'public/full-task-graph.json': builder.graph(),
          'public/parameters.yml': parameters(context),
        },
        [action]: { 'public/label-to-taskid.json': builder.actionMap },
      },
    },
    actions: actionsSource(context),
    labels: new Map(shape.map((label) => [label.name, label])),
    known: builder.known,
  };
}

/** The task queue on which only the tasks of this label run. */
export function taskQueueOf(label: string): string {
  return `gecko-t/${label}`;
}

class Builder {
  readonly tasks: Record<string, PushTask> = {};
  readonly paths: Record<string, string> = {};
  readonly decisionMap: Record<string, string> = {};
  readonly actionMap: Record<string, string> = {};
  readonly known: Task[] = [];
  readonly #context: PushContext;
  readonly #shape: Shape;

  constructor(context: PushContext, shape: Shape) {
    this.#context = context;
    this.#shape = shape;
  }

  /** A task of the push, created by the decision task or by an action. */
  run(label: Label, state: State, action?: string): void {
    const taskId = randomTaskId();
    const newest = { ...this.decisionMap, ...(action === undefined ? {} : this.actionMap) };
    const dependencies = label.needs.map((need) => newest[need] ?? '');
    const created = hoursLater(this.#context, action === undefined ? 0 : 1);
    const task = this.#define(label, taskId, dependencies, created, action);
    this.tasks[taskId] = { label: label.name, state, task };
    (action === undefined ? this.decisionMap : this.actionMap)[label.name] = taskId;
    this.known.push({ taskId, label: label.name, own: true });
  }

  /** A task of another push, which the decision task used instead of a new one. */
  find(label: Label): void {
    const taskId = this.#elsewhere(label);
    this.decisionMap[label.name] = taskId;
    this.known.push({ taskId, label: label.name, own: false });
  }

  /** A task of another push, which the index has. */
  index(label: Label): void {
    this.paths[this.#path(label)] = this.#elsewhere(label);
  }

  graph(): Record<string, unknown> {
    const created = new Date(0);
    return Object.fromEntries(
      this.#shape.map((label) => {
        const task = withoutCreation(this.#define(label, 'self', [], created));
        return [
          label.name,
          {
            kind: 'test',
            label: label.name,
            attributes: { retrigger: label.cloneable },
            dependencies: Object.fromEntries(label.needs.map((need) => [need, need])),
            soft_dependencies: [],
            optimization: this.#strategy(label),
            task: {
              ...task,
              created: { 'relative-datestamp': '0 seconds' },
              deadline: { 'relative-datestamp': '1 day' },
              expires: { 'relative-datestamp': '28 days' },
            },
          },
        ];
      }),
    );
  }

  #elsewhere(label: Label): string {
    const taskId = randomTaskId();
    const task = this.#define(label, taskId, [], this.#context.pushed);
    this.tasks[taskId] = {
      label: label.name,
      state: 'completed',
      task: { ...task, taskGroupId: randomTaskId() },
    };
    return taskId;
  }

  #strategy(label: Label): Record<string, unknown> | null {
    if (label.strategy === 'none') return null;
    return label.strategy === 'own' ? { 'of-the-repository': 1 } : { 'index-search': [this.#path(label)] };
  }

  #path({ name }: Label): string {
    return `gecko.v2.autoland.model.${this.#context.revision}.${name}`;
  }

  #define(
    { name, cloneable, marked }: Label,
    taskId: string,
    dependencies: string[],
    created: Date,
    action?: string,
  ): TaskDefinition {
    const task = defineTask(this.#context, {
      taskId,
      label: name,
      kind: 'test',
      description: 'A label of the model',
      retrigger: cloneable,
      taskQueueId: taskQueueOf(name),
      created,
      lifetime: 28,
      dependencies,
      scopes: [],
      payload: {},
      treeherder: { platform: 'model/opt', symbol: 'm', jobKind: 'test' },
      ...(action === undefined ? {} : { parent: action }),
    });
    if (marked) return task;
    const { retrigger: _, ...tags } = task.tags;
    return { ...task, tags };
  }
}

function contextOf(seed: number, rootUrl: string): PushContext {
  const random = seededRandom(seed);
  return {
    random,
    rootUrl,
    repository: autoland,
    hook: inTreeActionHook(autoland.level, 'generic'),
    decisionTaskId: randomTaskId(),
    revision: random.hex(40),
    baseRevision: random.hex(40),
    pushlogId: String(seed),
    owner: 'developer@mozilla.com',
    comment: 'Bug 1 - a model',
    pushed: new Date(Date.now() - 3 * HOUR),
  };
}

function hoursLater({ pushed }: PushContext, hours: number): Date {
  return new Date(pushed.getTime() + hours * HOUR);
}

function indexed(taskId: string, { routes }: Record<string, unknown>): Record<string, string> {
  const all = Array.isArray(routes) ? routes.map(String) : [];
  return Object.fromEntries(
    all.filter((route) => route.startsWith('index.')).map((route) => [route.slice('index.'.length), taskId]),
  );
}
