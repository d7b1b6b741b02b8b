import { startServer, type LocalServer } from '../../support/local-server.ts';

interface AwsRequest {
  path: string;
  headers: Record<string, string>;
  body: unknown;
}

export interface AwsServer extends LocalServer {
  requests: AwsRequest[];
  /** By name. */
  parameters: Map<string, string>;
  /** Statuses of the next answers, in order; then 200 again. */
  failures: number[];
}

/** Implements SSM's GetParameter (AWS JSON 1.1) and Lambda's Invoke, as far as the functions use them. */
export async function startAwsServer(): Promise<AwsServer> {
  const requests: AwsRequest[] = [];
  const parameters = new Map<string, string>();
  const failures: number[] = [];
  const server = await startServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || 'null');
      const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)]));
      requests.push({ path: request.url ?? '', headers, body });
      const failure = failures.shift();
      if (failure !== undefined) {
        response.writeHead(failure).end(JSON.stringify({ __type: 'InternalServerError' }));
      } else if (headers['x-amz-target'] === 'AmazonSSM.GetParameter') {
        const name = typeof body === 'object' && body !== null && 'Name' in body ? String(body.Name) : '';
        const value = parameters.get(name);
        if (value === undefined) response.writeHead(400).end(JSON.stringify({ __type: 'ParameterNotFound' }));
        else response.end(JSON.stringify({ Parameter: { Name: name, Type: 'SecureString', Value: value } }));
      } else {
        response.writeHead(202).end();
      }
    })();
  });
  return { ...server, requests, parameters, failures };
}

/** The variables that Lambda's runtime sets for every function. */
export const ROLE = {
  AWS_REGION: 'us-west-2',
  AWS_ACCESS_KEY_ID: 'AKIDLOCAL',
  AWS_SECRET_ACCESS_KEY: 'local-secret-key',
  AWS_SESSION_TOKEN: 'local-session-token',
};
