import { ApiError } from '../http/api-error.ts';
import { Api, type Endpoint } from '../http/endpoint.ts';
import { inputSchema } from '../http/input-schema.ts';
import { continuation, paginate } from '../http/pagination.ts';
import type { JsonObject } from '../json.ts';
import { SLUGID } from '../slugid.ts';
import type { IndexStore } from './index-store.ts';

const api = new Api('index');

interface InsertTaskBody {
  taskId: string;
  rank: number;
  data: JsonObject;
  expires: string;
}

const insertTaskInput = inputSchema<InsertTaskBody>('index/v1/insert-task-request', {
  type: 'object',
  additionalProperties: false,
  required: ['taskId', 'rank', 'data', 'expires'],
  properties: {
    taskId: { type: 'string', pattern: SLUGID.source },
    rank: { type: 'number' },
    data: { type: 'object' },
    expires: { type: 'string', format: 'date-time' },
  },
});

const indexesInput = inputSchema<{ indexes: string[] }>('index/v1/list-tasks-at-index', {
  type: 'object',
  additionalProperties: false,
  properties: { indexes: { type: 'array', items: { type: 'string' }, default: [] } },
});

/** @param artifactUrl URL of getLatestArtifact for a task's artifact */
export function indexEndpoints(
  index: IndexStore,
  artifactUrl: (taskId: string, name: string) => string,
): Endpoint[] {
  return [
    api.method('findTask', (request) => {
      const task = index.find(request.param('indexPath'));
      if (!task) throw new ApiError('ResourceNotFound', 'Indexed task not found');
      return { json: task };
    }),
    api.methodWithInput('findTasksAtIndex', indexesInput, (request) => {
      const { indexes } = request.body;
      request.authorize({ indexPaths: indexes });
      const found = indexes.flatMap((path) => index.findEvenExpired(path) ?? []);
      // The real service returns a row for each repeated path, and then fails its own rule that rows are unique.
      if (new Set(found).size < found.length) {
        throw new Error('Output schema validation error: data/tasks must NOT have duplicate items');
      }
      const page = paginate(found.toReversed(), request.query);
      return { json: { tasks: page.rows, ...continuation(page) } };
    }),
    api.method(
      'listNamespaces',
      (request) => {
        const page = paginate(index.listNamespaces(request.param('namespace')), request.query);
        return { json: { namespaces: page.rows, ...continuation(page) } };
      },
      { optional: 'namespace' },
    ),
    api.method(
      'listTasks',
      (request) => {
        const page = paginate(index.listTasks(request.param('namespace')), request.query);
        return { json: { tasks: page.rows, ...continuation(page) } };
      },
      { optional: 'namespace' },
    ),
    api.methodWithInput('insertTask', insertTaskInput, (request) => {
      const expires = new Date(request.body.expires).toJSON();
      return { json: index.insert({ namespace: request.param('namespace'), ...request.body, expires }) };
    }),
    api.method('deleteTask', (request) => {
      index.delete(request.param('namespace'));
      return { json: {} };
    }),
    api.method('findArtifactFromTask', (request) => {
      const task = index.find(request.param('indexPath'));
      if (!task) throw new ApiError('ResourceNotFound', 'Indexed task not found');
      return { status: 303, headers: { location: artifactUrl(task.taskId, request.param('name')) } };
    }),
  ];
}
