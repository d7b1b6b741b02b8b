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

/** An error as the client library throws it. */
export interface ClientError extends Error {
  code: string;
  statusCode: number;
}

export function isClientError(error: unknown): error is ClientError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    'statusCode' in error &&
    typeof error.statusCode === 'number'
  );
}

/** The answer, or undefined where the service says 404. */
export async function orMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isClientError(error) && error.statusCode === 404) return undefined;
    throw error;
  }
}
