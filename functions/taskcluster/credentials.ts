import type { Credentials } from '../platform/credentials.ts';

/** Credentials that may change while the process runs. */
export interface CredentialsSource {
  current(): Promise<Credentials>;
  /**
   * Called when Taskcluster refused (401) what `current` returned.
   *
   * @param refused the same object
   * @returns other credentials for one more try; undefined if there are none
   */
  renewed(refused: Credentials): Promise<Credentials | undefined>;
}

export function isSource(credentials: Credentials | CredentialsSource): credentials is CredentialsSource {
  return 'renewed' in credentials;
}

/** Credentials derived from others, and derived again whenever those change. */
export function derivedCredentials(
  source: CredentialsSource,
  derive: (credentials: Credentials) => Credentials,
): CredentialsSource {
  let made: { from: Credentials; derived: Credentials } | undefined;
  const from = (credentials: Credentials) => {
    if (made?.from !== credentials) made = { from: credentials, derived: derive(credentials) };
    return made.derived;
  };
  return {
    current: async () => from(await source.current()),
    renewed: async (refused) => {
      if (made?.derived !== refused) return made?.derived;
      const credentials = await source.renewed(made.from);
      return credentials === undefined ? undefined : from(credentials);
    },
  };
}
