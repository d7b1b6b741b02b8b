import taskcluster from 'taskcluster-client';
import { hookPath, isObject, parseHook, type HookDefinition, type HookName } from './definition.ts';

export interface Role {
  roleId: string;
  description: string;
  scopes: string[];
  expandedScopes: string[];
}

/** What this tool needs of a Taskcluster. Every method throws ServiceError. */
export interface Service {
  rootUrl: string;
  /** All hooks of a group; none if there is no such group. */
  listHooks(hookGroupId: string): Promise<HookDefinition[]>;
  hook(name: HookName): Promise<HookDefinition | undefined>;
  createHook(hook: HookDefinition): Promise<HookDefinition>;
  updateHook(hook: HookDefinition): Promise<HookDefinition>;
  removeHook(name: HookName): Promise<void>;
  role(roleId: string): Promise<Role | undefined>;
  /** Creates the role, or replaces its description and scopes. */
  putRole(role: Omit<Role, 'expandedScopes'>, exists: boolean): Promise<void>;
  /** Expanded scopes of a client; undefined if there is no such client. */
  clientScopes(clientId: string): Promise<string[] | undefined>;
}

/** A call that failed, in one line for the operator. Without a `statusCode`, the service was not reached. */
export class ServiceError extends Error {
  override name = 'ServiceError';
  readonly statusCode: number | undefined;
  constructor(message: string, statusCode: number | undefined, cause: unknown) {
    super(message, { cause });
    this.statusCode = statusCode;
  }
  get unreachable(): boolean {
    return this.statusCode === undefined;
  }
}

export interface Credentials {
  clientId: string;
  accessToken: string;
  certificate?: string;
}

/**
 * @param credentials undefined: unsigned calls, enough to read where anonymous users may
 */
export function connect(rootUrl: string, credentials: Credentials | undefined): Service {
  const options = {
    rootUrl,
    credentials: credentials ?? {},
    // The next apply picks up what this one could not do, so give up before an operator's patience does.
    retries: 3,
    agent: { keepAlive: true, maxSockets: 10 },
  };
  const hooks = new taskcluster.Hooks(options);
  const auth = new taskcluster.Auth(options);
  return {
    rootUrl,
    async listHooks(hookGroupId) {
      const answer = await found(
        () => hooks.listHooks(hookGroupId),
        rootUrl,
        `list the hooks of ${hookGroupId}`,
      );
      if (answer === undefined) return [];
      if (!isObject(answer) || !Array.isArray(answer.hooks)) throw unexpected(rootUrl, 'listHooks', answer);
      return answer.hooks.map(parseHook);
    },
    async hook(name) {
      const { hookGroupId, hookId } = name;
      const answer = await found(
        () => hooks.hook(hookGroupId, hookId),
        rootUrl,
        `read hook ${hookPath(name)}`,
      );
      return answer === undefined ? undefined : parseHook(answer);
    },
    async createHook(hook) {
      const { hookGroupId, hookId, ...definition } = hook;
      const create = () => hooks.createHook(hookGroupId, hookId, definition);
      return parseHook(await call(create, rootUrl, `create hook ${hookPath(hook)}`));
    },
    async updateHook(hook) {
      const { hookGroupId, hookId, ...definition } = hook;
      const update = () => hooks.updateHook(hookGroupId, hookId, definition);
      return parseHook(await call(update, rootUrl, `update hook ${hookPath(hook)}`));
    },
    async removeHook(name) {
      await call(
        () => hooks.removeHook(name.hookGroupId, name.hookId),
        rootUrl,
        `remove hook ${hookPath(name)}`,
      );
    },
    async role(roleId) {
      const answer = await found(() => auth.role(roleId), rootUrl, `read role ${roleId}`);
      if (answer === undefined) return undefined;
      if (!isObject(answer)) throw unexpected(rootUrl, 'role', answer);
      const { description } = answer;
      const [scopes, expandedScopes] = [strings(answer.scopes), strings(answer.expandedScopes)];
      if (typeof description !== 'string' || !scopes || !expandedScopes)
        throw unexpected(rootUrl, 'role', answer);
      return { roleId, description, scopes, expandedScopes };
    },
    async putRole({ roleId, description, scopes }, exists) {
      const put = () =>
        exists
          ? auth.updateRole(roleId, { description, scopes })
          : auth.createRole(roleId, { description, scopes });
      await call(put, rootUrl, `${exists ? 'update' : 'create'} role ${roleId}`);
    },
    async clientScopes(clientId) {
      const answer = await found(() => auth.client(clientId), rootUrl, `read client ${clientId}`);
      if (answer === undefined) return undefined;
      const scopes = isObject(answer) ? strings(answer.expandedScopes) : undefined;
      if (!scopes) throw unexpected(rootUrl, 'client', answer);
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

function unexpected(rootUrl: string, method: string, answer: unknown): ServiceError {
  return new ServiceError(
    `${rootUrl} answered ${method} in a form that this version does not know`,
    200,
    answer,
  );
}

/** The answer, or undefined for a 404. */
async function found(send: () => Promise<unknown>, rootUrl: string, doing: string): Promise<unknown> {
  try {
    return await call(send, rootUrl, doing);
  } catch (error) {
    if (error instanceof ServiceError && error.statusCode === 404) return undefined;
    throw error;
  }
}

async function call(send: () => Promise<unknown>, rootUrl: string, doing: string): Promise<unknown> {
  try {
    return await send();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const field = (key: string): unknown =>
      typeof error === 'object' && error !== null && key in error ? Reflect.get(error, key) : undefined;
    const statusCode = field('statusCode');
    if (typeof statusCode !== 'number') {
      const code = field('code');
      const reason = typeof code === 'string' ? code : message;
      throw new ServiceError(
        `could not ${doing}: ${rootUrl} could not be reached (${reason})`,
        undefined,
        error,
      );
    }
    // A Taskcluster error goes on with a block about the request, after a line of dashes.
    const [text = ''] = message.split('\n---');
    throw new ServiceError(`could not ${doing}: ${statusCode} ${text.trim()}`, statusCode, error);
  }
}
