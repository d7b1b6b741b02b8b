import { DECISION, definition, id, status } from '../fixtures.ts';
import { smallPush, type MemoryPush } from './memory-push.ts';

interface Node {
  needs?: string[];
  softly?: string[];
  attributes?: Record<string, unknown>;
  optimization?: Record<string, unknown> | null;
  task?: Record<string, unknown>;
}

/** An entry of full-task-graph.json; the edges have the names of the labels. */
function node(label: string, { needs = [], softly = [], ...others }: Node = {}): Record<string, unknown> {
  const { attributes = {}, optimization = null, task = {} } = others;
  return {
    kind: 'test',
    label,
    description: '',
    attributes,
    dependencies: Object.fromEntries(needs.map((need) => [need, need])),
    soft_dependencies: softly,
    if_dependencies: [],
    optimization,
    task: {
      created: { 'relative-datestamp': '0 seconds' },
      deadline: { 'relative-datestamp': '1 day' },
      expires: { 'relative-datestamp': '28 days' },
      provisionerId: 'gecko-1',
      workerType: 't-linux',
      routes: [],
      scopes: [],
      payload: { needs: needs.map((need) => ({ 'task-reference': `<${need}>` })) },
      metadata: { name: label, description: '', owner: 'dev@example.com', source: 'https://hg.example.com' },
      extra: { parent: DECISION },
      ...task,
    },
  };
}

const cloneable = { attributes: { retrigger: true } };

/**
 * The small push with its graph. Not scheduled are a test on mac, the build that it needs, and an image that the build
 * needs; and a lint of docs that must not be cloned.
 */
export function graphPush(changes: Record<string, Node> = {}): MemoryPush {
  const push = smallPush();
  const nodes: Record<string, Node> = {
    'build-linux/opt': {},
    'test-linux/opt-1': { needs: ['build-linux/opt'], ...cloneable },
    'test-linux/opt-2': { needs: ['build-linux/opt'], ...cloneable },
    'source-lint': cloneable,
    'upload-symbols': { needs: ['build-linux/opt'], attributes: { retrigger: false } },
    'upload-docs': {},
    image: { optimization: { 'index-search': ['cache.image.1', 'cache.image.2'] } },
    'build-mac/opt': { needs: ['image'] },
    'test-mac/opt-1': { needs: ['build-mac/opt'], ...cloneable },
    'docs-lint': { attributes: { retrigger: false } },
    ...changes,
  };
  push.graph = Object.fromEntries(Object.entries(nodes).map(([label, one]) => [label, node(label, one)]));
  return push;
}

/** Removes the marks of the tasks, as in projects whose taskgraph writes none. */
export function unmark(push: MemoryPush): MemoryPush {
  for (const [taskId, task] of push.tasks)
    push.tasks.set(taskId, { ...task, tags: { kind: task.tags?.['kind'] ?? '' } });
  return push;
}

/** A task of another push, found under an index path. */
export function indexed(push: MemoryPush, path: string, name: string): void {
  push.tasks.set(id(name), definition({ taskGroupId: id('other') }));
  push.statuses.set(id(name), status(id(name)));
  push.index.set(path, id(name));
}
