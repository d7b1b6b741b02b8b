import { ApiError } from '../http/api-error.ts';
import { endpoint, endpointWithInput, PAGING, type Endpoint } from '../http/endpoint.ts';
import { inputSchema } from '../http/input-schema.ts';
import { continuation, paginate } from '../http/pagination.ts';
import type { JsonObject } from '../json.ts';
import { SLUGID } from '../slugid.ts';
import type { IndexStore } from './index-store.ts';

const service = 'index';

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
  const listTasks = (namespace: string, query: Readonly<Record<string, string>>): object => {
    const page = paginate(index.listTasks(namespace), query);
    return { tasks: page.rows, ...continuation(page) };
  };
  const listNamespaces = (namespace: string, query: Readonly<Record<string, string>>): object => {
    const page = paginate(index.listNamespaces(namespace), query);
    return { namespaces: page.rows, ...continuation(page) };
  };
  return [
    endpoint({
      service,
      name: 'findTask',
      method: 'get',
      route: '/task/:indexPath',
      scopes: 'index:find-task:<indexPath>',
      handler: (request) => {
        const task = index.find(request.param('indexPath'));
        if (!task) throw new ApiError('ResourceNotFound', 'Indexed task not found');
        return { json: task };
      },
    }),
    endpointWithInput({
      service,
      name: 'findTasksAtIndex',
      method: 'post',
      route: '/tasks/indexes',
      query: PAGING,
      scopes: { AllOf: [{ for: 'indexPath', in: 'indexPaths', each: 'index:find-task:<indexPath>' }] },
      input: indexesInput,
      handler: (request) => {
        const { indexes } = request.body;
        request.authorize({ indexPaths: indexes });
        const found = indexes.flatMap((path) => index.find(path) ?? []);
        // The real service returns a row per mention and then fails on its own rule that rows are unique.
        if (new Set(found).size < found.length) {
          throw new Error('Output schema validation error: data/tasks must NOT have duplicate items');
        }
        const page = paginate(found.toReversed(), request.query);
        return { json: { tasks: page.rows, ...continuation(page) } };
      },
    }),
    endpoint({
      service,
      name: 'listNamespaces',
      method: 'get',
      route: '/namespaces/:namespace',
      query: PAGING,
      scopes: 'index:list-namespaces:<namespace>',
      handler: (request) => ({ json: listNamespaces(request.param('namespace'), request.query) }),
    }),
    endpoint({
      service,
      name: 'listNamespaces',
      method: 'get',
      route: '/namespaces',
      query: PAGING,
      scopes: 'index:list-namespaces:',
      handler: ({ query }) => ({ json: listNamespaces('', query) }),
    }),
    endpoint({
      service,
      name: 'listTasks',
      method: 'get',
      route: '/tasks/:namespace',
      query: PAGING,
      scopes: 'index:list-tasks:<namespace>',
      handler: (request) => ({ json: listTasks(request.param('namespace'), request.query) }),
    }),
    endpoint({
      service,
      name: 'listTasks',
      method: 'get',
      route: '/tasks',
      query: PAGING,
      scopes: 'index:list-tasks:',
      handler: ({ query }) => ({ json: listTasks('', query) }),
    }),
    endpointWithInput({
      service,
      name: 'insertTask',
      method: 'put',
      route: '/task/:namespace',
      scopes: 'index:insert-task:<namespace>',
      input: insertTaskInput,
      handler: (request) => {
        const expires = new Date(request.body.expires).toJSON();
        return { json: index.insert({ namespace: request.param('namespace'), ...request.body, expires }) };
      },
    }),
    endpoint({
      service,
      name: 'deleteTask',
      method: 'delete',
      route: '/task/:namespace',
      scopes: 'index:delete-task:<namespace>',
      handler: (request) => {
        index.delete(request.param('namespace'));
        return { json: {} };
      },
    }),
    endpoint({
      service,
      name: 'findArtifactFromTask',
      method: 'get',
      route: '/task/:indexPath/artifacts/*name',
      scopes: 'queue:get-artifact:<name>',
      handler: (request) => {
        const task = index.find(request.param('indexPath'));
        if (!task) throw new ApiError('ResourceNotFound', 'Indexed task not found');
        return { status: 303, headers: { location: artifactUrl(task.taskId, request.param('name')) } };
      },
    }),
  ];
}
