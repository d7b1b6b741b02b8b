import { isDeepStrictEqual } from 'node:util';

import { ApiError } from '../http/api-error.ts';
import { Api, type ApiRequest, type Endpoint } from '../http/endpoint.ts';
import { continuation, paginate } from '../http/pagination.ts';
import { schemaErrors } from './fire.ts';
import { hookInput, payloadInput, type HookBody, type HookDefinition } from './input.ts';
import { triggerHook, type TriggerContext } from './trigger.ts';

const api = new Api('hooks');

export interface HooksContext extends TriggerContext {
  /** State of the task that the hook created; `unknown` if there is none. */
  taskState(taskId: string): string;
}

export function hooksEndpoints(context: HooksContext): Endpoint[] {
  const { hooks } = context;
  const find = (request: Pick<ApiRequest, 'param'>): HookDefinition => {
    const hook = hooks.get(request.param('hookGroupId'), request.param('hookId'));
    if (!hook) throw new ApiError('ResourceNotFound', 'No such hook');
    return hook;
  };
  return [
    api.method('listHookGroups', () => ({ json: { groups: hooks.groups() } })),
    api.method('listHooks', (request) => {
      const found = hooks.list(request.param('hookGroupId'));
      if (found.length === 0) throw new ApiError('ResourceNotFound', 'No such group');
      return { json: { hooks: found } };
    }),
    api.method('hook', (request) => ({ json: find(request) })),
    api.methodWithInput('createHook', hookInput, (request) => {
      const hook = define(request);
      // A body without `bindings` differs from every stored hook, so the real service refuses its repeat too.
      const existing = hooks.get(hook.hookGroupId, hook.hookId);
      if (existing && !isDeepStrictEqual(existing, hook)) {
        const name = `${hook.hookGroupId}/${hook.hookId}`;
        throw new ApiError('RequestConflict', `hook \`${name}\` already exists.`);
      }
      hooks.set({ bindings: [], ...hook });
      return { json: hook };
    }),
    api.methodWithInput('updateHook', hookInput, (request) => {
      const hook = { bindings: find(request).bindings, ...define(request) };
      return { json: hooks.set(hook) };
    }),
    api.method('removeHook', (request) => {
      hooks.delete(request.param('hookGroupId'), request.param('hookId'));
      return { json: {} };
    }),
    api.methodWithInput('triggerHook', payloadInput, (request) => {
      const taskId = triggerHook(context, find(request), request.body, request.clientId());
      return { json: taskId === undefined ? {} : { taskId, status: { taskId } } };
    }),
    api.method('listLastFires', (request) => {
      const page = paginate(
        hooks.fires(request.param('hookGroupId'), request.param('hookId')),
        request.query,
      );
      if (page.rows.length === 0) throw new ApiError('ResourceNotFound', 'No such hook or never fired');
      const lastFires = page.rows.map((fire) => ({ ...fire, taskState: context.taskState(fire.taskId) }));
      return { json: { lastFires, ...continuation(page) } };
    }),
  ];
}

type SentHook = Omit<HookDefinition, 'bindings'> & Partial<Pick<HookDefinition, 'bindings'>>;

function define(request: ApiRequest<HookBody>): SentHook {
  const { body } = request;
  const hookGroupId = request.param('hookGroupId');
  const hookId = request.param('hookId');
  if (body.hookGroupId !== undefined && body.hookGroupId !== hookGroupId) {
    throw new ApiError('InputError', 'Hook Group Ids do not match');
  }
  if (body.hookId !== undefined && body.hookId !== hookId) {
    throw new ApiError('InputError', 'Hook Ids do not match');
  }
  const invalid = schemaErrors(body.triggerSchema);
  if (invalid !== undefined) throw new ApiError('InputError', invalid);
  return { ...body, metadata: { emailOnError: true, ...body.metadata }, hookGroupId, hookId };
}
