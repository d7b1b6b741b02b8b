import taskcluster, { type Credentials } from 'taskcluster-client';

/** A Taskcluster, and credentials that may create clients, roles, hooks and tasks in it. */
export interface Target {
  rootUrl: string;
  credentials: Credentials;
}

/** Clients of all services that the suite needs. */
export function connect(
  { rootUrl, credentials }: Target,
  more: { authorizedScopes?: string[]; retries?: number } = {},
) {
  const options = { rootUrl, credentials, ...more };
  return {
    auth: new taskcluster.Auth(options),
    queue: new taskcluster.Queue(options),
    index: new taskcluster.Index(options),
    hooks: new taskcluster.Hooks(options),
  };
}

export type Services = ReturnType<typeof connect>;

export function createTemporaryCredentials(
  options: Parameters<typeof taskcluster.createTemporaryCredentials>[0],
): Credentials {
  return taskcluster.createTemporaryCredentials(options);
}

export function slugid(): string {
  return taskcluster.slugid();
}

/** The answer, or undefined for a 404. */
export async function orMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return undefined;
    throw error;
  }
}
