/** Credentials of a Taskcluster client, or temporary ones with their certificate (JSON). */
export interface Credentials {
  clientId: string;
  accessToken: string;
  certificate?: string;
}

/** Where a function finds its Taskcluster credentials, if the access token itself is not in the settings. */
export type StoredCredentials = SsmCredentials | FileCredentials;

export interface SsmCredentials {
  clientId: string;
  /** Name of an SSM parameter, a SecureString. */
  accessTokenParameter: string;
  /** Base URL of an SSM other than AWS's. */
  ssmEndpoint: string | undefined;
}

/** A file, as Kubernetes and Docker mount secrets. */
interface FileCredentials {
  clientId: string;
  accessTokenFile: string;
}
