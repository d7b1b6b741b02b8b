import { asStored, type JsonObject } from '../json.ts';
import { isObject } from '../../../functions/tasks/shapes.ts';
import type { Task } from '../queue/task.ts';

export interface IndexedTask {
  /** The whole path. */
  namespace: string;
  taskId: string;
  rank: number;
  data: JsonObject;
  /** ISO timestamp. */
  expires: string;
}

export interface Namespace {
  namespace: string;
  name: string;
  /** ISO timestamp. */
  expires: string;
}

export const INDEX_PATH = /^([a-zA-Z0-9_!~*'()%-]+\.)*[a-zA-Z0-9_!~*'()%-]+$/;
const ROUTE_PREFIX = 'index.';

/** Paths to tasks, and the namespaces that these paths form. */
export class IndexStore {
  readonly #tasks = new Map<string, Map<string, IndexedTask>>();
  readonly #namespaces = new Map<string, Map<string, Namespace>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The task at a path, unless its entry has expired. */
  find(path: string): IndexedTask | undefined {
    const task = this.findEvenExpired(path);
    return task && this.#isCurrent(task) ? task : undefined;
  }

  /** The real service removes expired entries once a day, and its batch read finds them until then. */
  findEvenExpired(path: string): IndexedTask | undefined {
    const [parent, name] = splitPath(path);
    return this.#tasks.get(parent)?.get(name);
  }

  /** Tasks directly under a namespace, by name, without expired entries. */
  listTasks(namespace: string): IndexedTask[] {
    const tasks = [...(this.#tasks.get(namespace)?.values() ?? [])];
    return byNamespace(tasks.filter((task) => this.#isCurrent(task)));
  }

  /** Namespaces directly under a namespace, by name. */
  listNamespaces(parent: string): Namespace[] {
    return byNamespace([...(this.#namespaces.get(parent)?.values() ?? [])]);
  }

  /** Puts a task at a path, unless a task of a higher rank is already there. Returns the one that is there now. */
  insert(task: IndexedTask): IndexedTask {
    const [parent, name] = splitPath(task.namespace);
    let siblings = this.#tasks.get(parent);
    if (!siblings) {
      siblings = new Map();
      this.#tasks.set(parent, siblings);
    }
    const existing = siblings.get(name);
    if (existing && existing.rank > task.rank) return existing;
    siblings.set(name, { ...task, data: asStored(task.data) });
    this.#ensureNamespace(parent, task.expires);
    return task;
  }

  delete(path: string): void {
    const [parent, name] = splitPath(path);
    this.#tasks.get(parent)?.delete(name);
  }

  /** Indexes a completed task under its `index.` routes, with the rank, data and expiry in `extra.index`. */
  insertCompleted({ taskId, definition }: Task): void {
    const options = isObject(definition.extra['index']) ? definition.extra['index'] : {};
    const { rank = 0, data = {}, expires = definition.expires } = options;
    if (typeof rank !== 'number' || !isObject(data) || typeof expires !== 'string') return;
    for (const route of definition.routes) {
      const namespace = route.slice(ROUTE_PREFIX.length);
      if (!route.startsWith(ROUTE_PREFIX) || !INDEX_PATH.test(namespace)) continue;
      this.insert({ namespace, taskId, rank, data, expires: new Date(expires).toJSON() });
    }
  }

  #isCurrent({ expires }: IndexedTask): boolean {
    return Date.parse(expires) > this.#now();
  }

  #ensureNamespace(namespace: string, expires: string): void {
    if (namespace === '') return;
    const [parent, name] = splitPath(namespace);
    let siblings = this.#namespaces.get(parent);
    if (!siblings) {
      siblings = new Map();
      this.#namespaces.set(parent, siblings);
    }
    const existing = siblings.get(name);
    if (existing && existing.expires >= expires) return;
    siblings.set(name, { namespace, name, expires });
    this.#ensureNamespace(parent, expires);
  }
}

function splitPath(path: string): [parent: string, name: string] {
  const dot = path.lastIndexOf('.');
  return dot < 0 ? ['', path] : [path.slice(0, dot), path.slice(dot + 1)];
}

function byNamespace<Row extends { namespace: string }>(rows: Row[]): Row[] {
  return rows.toSorted((a, b) => (a.namespace < b.namespace ? -1 : 1));
}
