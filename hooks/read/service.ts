import type { Credentials } from '../../functions/platform/credentials.ts';
import { TaskclusterClient, type MethodOf, type ServiceName } from '../../functions/taskcluster/client.ts';
import { isTaskclusterError, type TaskclusterError } from '../../functions/ports/error.ts';
import { JsonBody } from '../../functions/taskcluster/answer-body.ts';
import { ONCE, type RetryPolicy } from '../../functions/taskcluster/retry.ts';
import { hookPath, type HookName } from '../../functions/tasks/hook-name.ts';
import { isObject, parseHook, type HookDefinition } from './definition.ts';

export interface Role {
  roleId: string;
  description: string;
  scopes: string[];
  expandedScopes: string[];
}

/**
 * The parts of Taskcluster that this tool uses. Every method throws ServiceError. Reads are retried; writes are not,
 * since the hook or role may have changed between two tries.
 */
export interface Service {
  rootUrl: string;
  /** All hooks of a group; none if there is no such group. */
  listHooks(hookGroupId: string): Promise<HookDefinition[]>;
  hook(name: HookName): Promise<HookDefinition | undefined>;
  createHook(hook: HookDefinition): Promise<HookDefinition>;
  updateHook(hook: HookDefinition): Promise<HookDefinition>;
  removeHook(name: HookName): Promise<void>;
  role(roleId: string): Promise<Role | undefined>;
  /** Creates a role, or replaces its description and scopes. */
  putRole(role: Omit<Role, 'expandedScopes'>, exists: boolean): Promise<void>;
  /** Expanded scopes of a client; undefined if there is no such client. */
  clientScopes(clientId: string): Promise<string[] | undefined>;
  expandScopes(scopes: string[]): Promise<string[]>;
}

/** A failed call, described for the operator. */
export class ServiceError extends Error {
  override name = 'ServiceError';
  /** Whether the client may not make the call. */
  readonly forbidden: boolean = false;
  /** Whether the service says that there is no such thing; what stands before it may also answer 404. */
  readonly notFound: boolean = false;
  readonly unreachable: boolean = false;
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    if (!isTaskclusterError(cause)) return;
    this.forbidden = cause.statusCode === 403;
    this.notFound = cause.statusCode === 404 && cause.code === 'ResourceNotFound';
    this.unreachable = cause.kind === 'no-answer';
  }
}

/** Seconds, not minutes: the next apply does what this one could not. */
export const RETRY: RetryPolicy = { tries: 4, firstDelayMs: 200, share: 1 / 2 };

/** All hooks of a group come in one answer, and a wrapped one with its full copy takes about 30 kB. */
const ANSWER_BYTES = 256 * 1024 * 1024;

/** @param credentials undefined: unsigned calls, enough to read if anonymous users may */
export function connect(rootUrl: string, credentials: Credentials | undefined): Service {
  const client = new TaskclusterClient({ rootUrl, ...(credentials ? { credentials } : {}) });
  const call: Call = async (doing, service, method, ...args) => {
    try {
      return await client.call(
        service,
        method,
        args,
        changes(method) ? ONCE : RETRY,
        () => new JsonBody(ANSWER_BYTES),
      );
    } catch (error) {
      if (!isTaskclusterError(error)) throw error;
      const doubt = error.unanswered && changes(method) ? ', or it may have been done' : '';
      throw new ServiceError(`could not ${doing}${doubt}: ${reasonOf(error, rootUrl)}`, error);
    }
  };
  return { rootUrl, ...hookCalls(call), ...authCalls(call) };
}

function reasonOf({ kind, statusCode, code, text }: TaskclusterError, rootUrl: string): string {
  if (code === 'UnknownError') return `${rootUrl} answers ${statusCode}, and not as Taskcluster does`;
  if (code === 'BrokenOff') return `${rootUrl} does not answer as Taskcluster does: ${text}`;
  if (kind === 'no-answer') return `${rootUrl} could not be reached (${code})`;
  return statusCode === undefined ? text : `${statusCode} ${text}`;
}

function changes(method: string): boolean {
  return /^(create|update|remove)/.test(method);
}

/** One API call; `doing` describes its purpose for the error message. */
type Call = <S extends ServiceName>(
  doing: string,
  service: S,
  method: MethodOf<S>,
  ...args: unknown[]
) => Promise<unknown>;
type HookCalls = Pick<Service, 'listHooks' | 'hook' | 'createHook' | 'updateHook' | 'removeHook'>;
type AuthCalls = Pick<Service, 'role' | 'putRole' | 'clientScopes' | 'expandScopes'>;

function hookCalls(call: Call): HookCalls {
  const write = async (verb: 'create' | 'update', hook: HookDefinition): Promise<HookDefinition> => {
    const { hookGroupId, hookId, ...definition } = hook;
    const doing = `${verb} hook ${hookPath(hook)}`;
    return parseHook(await call(doing, 'Hooks', `${verb}Hook`, hookGroupId, hookId, definition));
  };
  return {
    async listHooks(hookGroupId) {
      const answer = await found(call(`list the hooks of ${hookGroupId}`, 'Hooks', 'listHooks', hookGroupId));
      if (answer === undefined) return [];
      if (!isObject(answer) || !Array.isArray(answer.hooks)) throw unexpected('listHooks', answer);
      return answer.hooks.map(parseHook);
    },
    async hook(name) {
      const { hookGroupId, hookId } = name;
      const answer = await found(call(`read hook ${hookPath(name)}`, 'Hooks', 'hook', hookGroupId, hookId));
      return answer === undefined ? undefined : parseHook(answer);
    },
    createHook: (hook) => write('create', hook),
    updateHook: (hook) => write('update', hook),
    async removeHook(name) {
      await call(`remove hook ${hookPath(name)}`, 'Hooks', 'removeHook', name.hookGroupId, name.hookId);
    },
  };
}

function authCalls(call: Call): AuthCalls {
  return {
    async role(roleId) {
      const answer = await found(call(`read role ${roleId}`, 'Auth', 'role', roleId));
      if (answer === undefined) return undefined;
      if (!isObject(answer)) throw unexpected('role', answer);
      const { description } = answer;
      const [scopes, expandedScopes] = [strings(answer.scopes), strings(answer.expandedScopes)];
      if (typeof description !== 'string' || !scopes || !expandedScopes) throw unexpected('role', answer);
      return { roleId, description, scopes, expandedScopes };
    },
    async putRole({ roleId, description, scopes }, exists) {
      const verb = exists ? 'update' : 'create';
      await call(`${verb} role ${roleId}`, 'Auth', `${verb}Role`, roleId, { description, scopes });
    },
    async expandScopes(scopes) {
      const answer = await call('expand scopes', 'Auth', 'expandScopes', { scopes });
      const expanded = isObject(answer) ? strings(answer.scopes) : undefined;
      if (!expanded) throw unexpected('expandScopes', answer);
      return expanded;
    },
    async clientScopes(clientId) {
      const answer = await found(call(`read client ${clientId}`, 'Auth', 'client', clientId));
      if (answer === undefined) return undefined;
      const scopes = isObject(answer) ? strings(answer.expandedScopes) : undefined;
      if (!scopes) throw unexpected('client', answer);
      return scopes;
    },
  };
}

function strings(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: unknown[] = value;
  const texts = items.filter((item) => typeof item === 'string');
  return texts.length === items.length ? texts : undefined;
}

function unexpected(method: string, answer: unknown): ServiceError {
  return new ServiceError(`the answer to ${method} has a form that this version does not know`, answer);
}

/** The answer, or undefined for a 404. */
async function found(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ServiceError && error.notFound) return undefined;
    throw error;
  }
}
