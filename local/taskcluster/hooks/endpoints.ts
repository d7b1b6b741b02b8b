import { isDeepStrictEqual } from 'node:util';

import { ApiError } from '../http/api-error.ts';
import { endpoint, endpointWithInput, PAGING, type ApiRequest, type Endpoint } from '../http/endpoint.ts';
import { continuation, paginate } from '../http/pagination.ts';
import { schemaErrors } from './fire.ts';
import { hookInput, payloadInput, type HookBody, type HookDefinition } from './input.ts';
import { triggerHook, type TriggerContext } from './trigger.ts';

const service = 'hooks';
const route = '/hooks/:hookGroupId/:hookId';
const MODIFY = {
  AllOf: ['hooks:modify-hook:<hookGroupId>/<hookId>', 'assume:hook-id:<hookGroupId>/<hookId>'],
};

export interface HooksContext extends TriggerContext {
  /** State of the task that a firing made; `unknown` if there is none. */
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
    endpoint({
      service,
      name: 'listHookGroups',
      method: 'get',
      route: '/hooks',
      scopes: 'hooks:list-hooks:',
      handler: () => ({ json: { groups: hooks.groups() } }),
    }),
    endpoint({
      service,
      name: 'listHooks',
      method: 'get',
      route: '/hooks/:hookGroupId',
      scopes: 'hooks:list-hooks:<hookGroupId>',
      handler: (request) => {
        const found = hooks.list(request.param('hookGroupId'));
        if (found.length === 0) throw new ApiError('ResourceNotFound', 'No such group');
        return { json: { hooks: found } };
      },
    }),
    endpoint({
      service,
      name: 'hook',
      method: 'get',
      route,
      scopes: 'hooks:get:<hookGroupId>:<hookId>',
      handler: (request) => ({ json: find(request) }),
    }),
    endpointWithInput({
      service,
      name: 'createHook',
      method: 'put',
      route,
      scopes: MODIFY,
      input: hookInput,
      handler: (request) => {
        const hook = define(request);
        // A body without `bindings` differs from every stored hook: the real service refuses its repeat, too.
        const existing = hooks.get(hook.hookGroupId, hook.hookId);
        if (existing && !isDeepStrictEqual(existing, hook)) {
          const name = `${hook.hookGroupId}/${hook.hookId}`;
          throw new ApiError('RequestConflict', `hook \`${name}\` already exists.`);
        }
        hooks.set({ bindings: [], ...hook });
        return { json: hook };
      },
    }),
    endpointWithInput({
      service,
      name: 'updateHook',
      method: 'post',
      route,
      scopes: MODIFY,
      input: hookInput,
      handler: (request) => {
        const hook = { bindings: find(request).bindings, ...define(request) };
        return { json: hooks.set(hook) };
      },
    }),
    endpoint({
      service,
      name: 'removeHook',
      method: 'delete',
      route,
      scopes: 'hooks:modify-hook:<hookGroupId>/<hookId>',
      handler: (request) => {
        hooks.delete(request.param('hookGroupId'), request.param('hookId'));
        return { json: {} };
      },
    }),
    endpointWithInput({
      service,
      name: 'triggerHook',
      method: 'post',
      route: `${route}/trigger`,
      scopes: 'hooks:trigger-hook:<hookGroupId>/<hookId>',
      input: payloadInput,
      handler: (request) => {
        const taskId = triggerHook(context, find(request), request.body, request.clientId());
        return { json: taskId === undefined ? {} : { taskId, status: { taskId } } };
      },
    }),
    endpoint({
      service,
      name: 'listLastFires',
      method: 'get',
      route: `${route}/last-fires`,
      query: PAGING,
      scopes: 'hooks:list-last-fires:<hookGroupId>/<hookId>',
      handler: (request) => {
        const page = paginate(
          hooks.fires(request.param('hookGroupId'), request.param('hookId')),
          request.query,
        );
        if (page.rows.length === 0) throw new ApiError('ResourceNotFound', 'No such hook or never fired');
        const lastFires = page.rows.map((fire) => ({ ...fire, taskState: context.taskState(fire.taskId) }));
        return { json: { lastFires, ...continuation(page) } };
      },
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
