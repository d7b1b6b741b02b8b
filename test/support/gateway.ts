import type { IncomingMessage, ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { lambdaContext } from './lambda-context.ts';
import { startServer } from './local-server.ts';

/** A Lambda function behind an HTTP API, with what `trigger` needs. */
export type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** How the gateway writes `rawPath`: as the client sent it, or percent-decoded. Both kinds exist. */
type PathStyle = 'encoded' | 'decoded';

export interface Gateway {
  url: string;
  /** The function; a test may replace it. */
  handler: Handler | undefined;
  pathStyle: PathStyle;
  /** How long Lambda lets the function run, ms. */
  timeoutMs: number;
  close(): Promise<void>;
}

/** As in serverless.yml. */
export const TIMEOUT_MS = 29_000;

/** Serves a handler, once it is set, on 127.0.0.1 as API Gateway would: each request becomes an event, format 2.0. */
export async function startGateway(): Promise<Gateway> {
  const { url, close } = await startServer((request, response) => {
    relay(gateway, request, response).catch((error: unknown) => {
      // What a gateway answers if the handler throws, which no test expects.
      response.writeHead(502).end(JSON.stringify({ message: `the function has crashed: ${String(error)}` }));
    });
  });
  const gateway: Gateway = {
    handler: undefined,
    pathStyle: 'encoded',
    timeoutMs: TIMEOUT_MS,
    url,
    close,
  };
  return gateway;
}

async function relay(
  { handler, pathStyle, timeoutMs }: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!handler) throw new Error('there is no function');
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const result = await handler(
    eventOf(request, Buffer.concat(chunks), pathStyle),
    lambdaContext('trigger', timeoutMs),
  );
  response.statusCode = result.statusCode ?? 200;
  for (const [name, value] of Object.entries(result.headers ?? {})) response.setHeader(name, String(value));
  response.end(result.body ?? '');
}

function eventOf(request: IncomingMessage, body: Buffer, pathStyle: PathStyle): APIGatewayProxyEventV2 {
  const { method = 'GET', url = '/' } = request;
  const [path = '/', rawQueryString = ''] = url.split('?');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  // The gateway passes on text unchanged, and encodes everything else.
  const isText = /^(text\/|application\/json)/.test(headers['content-type'] ?? '');
  const rawPath = pathStyle === 'encoded' ? path : decodeURIComponent(path);
  return {
    version: '2.0',
    routeKey: `${method} /api/hooks/v1/hooks/{proxy+}`,
    rawPath,
    rawQueryString,
    headers,
    isBase64Encoded: body.length > 0 && !isText,
    ...(body.length > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    requestContext: {
      accountId: '123456789012',
      apiId: 'local',
      domainName: '127.0.0.1',
      domainPrefix: '127',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'local',
      routeKey: '$default',
      stage: '$default',
      time: '22/Nov/2026:12:00:00 +0000',
      timeEpoch: Date.now(),
    },
  };
}
