import type { FastifyRequest } from 'fastify';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/**
 * A request as an API Gateway HTTP API passes it to Lambda (payload format 2.0), with the fields that the function
 * reads.
 */
export function eventOf({
  raw,
  body,
  ip,
}: Pick<FastifyRequest<{ Body: Buffer | undefined }>, 'raw' | 'body' | 'ip'>): APIGatewayProxyEventV2 {
  const { method = 'GET', url = '/' } = raw;
  const query = url.indexOf('?');
  const rawPath = query < 0 ? url : url.slice(0, query);
  const headers = Object.fromEntries(
    Object.entries(raw.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : value,
    ]),
  );
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: query < 0 ? '' : url.slice(query + 1),
    headers,
    isBase64Encoded: false,
    ...(body && body.length > 0 ? { body: body.toString('utf8') } : {}),
    requestContext: {
      accountId: '',
      apiId: '',
      domainName: '',
      domainPrefix: '',
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${raw.httpVersion}`,
        sourceIp: ip,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: '',
      routeKey: '$default',
      stage: '$default',
      time: '',
      timeEpoch: Date.now(),
    },
  };
}
