import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** The endpoint for one hook, as a client addresses it. */
export const RESOURCE = '/api/hooks/v1/hooks/project-gecko/in-tree-action-1-generic%2F0123456789/trigger';

/** An HTTP API's event of payload format 2.0, as API Gateway sends it. */
export function event(changes: Partial<APIGatewayProxyEventV2> = {}): APIGatewayProxyEventV2 {
  const rawPath = changes.rawPath ?? RESOURCE;
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: '',
    headers: {
      host: 'retrigger.example.com',
      authorization: 'Hawk id="me"',
      'content-type': 'application/json',
    },
    requestContext: {
      accountId: '0',
      apiId: 'api',
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: { method: 'POST', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: '1',
      routeKey: '$default',
      stage: '$default',
      time: '01/May/2026:10:00:00 +0000',
      timeEpoch: 1777629600000,
    },
    body: '{}',
    isBase64Encoded: false,
    ...changes,
  };
}
