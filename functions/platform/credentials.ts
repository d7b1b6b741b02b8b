/** Of a Taskcluster client, or temporary ones with their certificate (JSON). */
export interface Credentials {
  clientId: string;
  accessToken: string;
  certificate?: string;
}

/** Where a function finds its Taskcluster credentials; the access token itself is in no setting. */
export type StoredCredentials = SsmCredentials | FileCredentials;

export interface SsmCredentials {
  clientId: string;
  /** Name of an SSM parameter, a SecureString. */
  accessTokenParameter: string;
  /** Base URL of another SSM than AWS's. */
  ssmEndpoint: string | undefined;
}

/** As Kubernetes and Docker mount secrets. */
interface FileCredentials {
  clientId: string;
  accessTokenFile: string;
}
