import { createHash, timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ApiError } from '../platform/api-error.ts';
import type { HookName } from '../tasks/hook-name.ts';
import type { SignedRequest } from '../taskcluster/auth.ts';

/** A call to the triggerHook endpoint, read from the gateway's event. */
export interface TriggerRequest {
  hook: HookName;
  body: string;
  /** For authenticateHawk. */
  signed: SignedRequest;
  contentType: string;
}

/** Lambda accepts events up to 6 MB. The largest real payload, with a push's parameters, is below 1 MB. */
const MAX_BODY_BYTES = 5_000_000;
/** A first try does not take so long to arrive, unless the client's clock is behind. */
const SENT_AGAIN_MS = 5_000;
const PATH = /^\/api\/hooks\/v1\/hooks\/([^/]+)\/(.+)\/trigger$/;

/**
 * Reads the event of an API Gateway HTTP API or a function URL (payload format 2.0).
 *
 * Some gateways decode the path, so the signed path is rebuilt from the two parameters. Host and port come from the
 * configuration, since anyone can write a header.
 *
 * @throws ApiError like the hooks service's: ResourceNotFound for another path or method, MalformedPayload for a body
 *   that is not JSON by its type; InputTooLarge
 */
export function readRequest(event: APIGatewayProxyEventV2, publicUrls: readonly URL[]): TriggerRequest {
  const { method, sourceIp } = event.requestContext.http;
  const hook = readPath(event.rawPath);
  // A function URL passes on every method, but only POST triggers a hook.
  if (!hook || method.toUpperCase() !== 'POST') {
    throw new ApiError('ResourceNotFound', `There is nothing at ${method} ${event.rawPath}`);
  }
  const { hookGroupId, hookId } = hook;
  const body = event.isBase64Encoded
    ? Buffer.from(event.body ?? '', 'base64').toString('utf8')
    : (event.body ?? '');
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
    throw new ApiError('InputTooLarge', `The request body is larger than ${MAX_BODY_BYTES} bytes`);
  }
  const headers = new Map(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const contentType = headers.get('content-type') ?? '';
  if (mimeTypeOf(contentType) !== 'application/json') {
    throw new ApiError(
      'MalformedPayload',
      `Payload must be JSON with content-type: application/json got content-type: ${contentType || 'null'}`,
    );
  }
  const forwarded = headers.get('x-forwarded-host');
  const withPort = `${forwarded}:${headers.get('x-forwarded-port')}`;
  const url = choosePublicUrl(publicUrls, [withPort, forwarded, headers.get('host')]);
  const authorization = headers.get('authorization');
  const query = event.rawQueryString ? `?${event.rawQueryString}` : '';
  return {
    hook: { hookGroupId, hookId },
    body,
    contentType,
    signed: {
      method: method.toLowerCase(),
      resource:
        `/api/hooks/v1/hooks/${encodeURIComponent(hookGroupId)}/${encodeURIComponent(hookId)}/trigger` +
        query,
      host: url.hostname,
      port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
      ...(authorization === undefined ? {} : { authorization }),
      sourceIp,
    },
  };
}

/**
 * Whether an earlier try of this request may have reached us. A client that signs once sends the same signature, with its
 * time, again.
 */
export function mayBeSentAgain({ signed }: TriggerRequest, received: Date): boolean {
  // mutant stays: a request without credentials was refused before
  const time = /\bts="([0-9]{1,12})"/.exec(signed.authorization ?? '');
  return received.getTime() - Number(time?.[1]) * 1_000 > SENT_AGAIN_MS;
}

/** The endpoint's parameters; the hookId's `/` may arrive as `%2F` or decoded. Undefined for any other path. */
export function readPath(rawPath: string): HookName | undefined {
  const match = PATH.exec(rawPath);
  if (!match) return undefined;
  // mutants stay: what matches has both
  const [, group = '', hook = ''] = match;
  try {
    return { hookGroupId: decodeURIComponent(group), hookId: decodeURIComponent(hook) };
  } catch {
    // Invalid percent-encoding: no hook has such a name.
  }
  return undefined;
}

/**
 * The configured URL that the client addressed; a wrong header only makes the signature fail.
 *
 * @param hosts from the headers, the most exact first
 */
function choosePublicUrl(publicUrls: readonly URL[], hosts: (string | undefined)[]): URL {
  const [first] = publicUrls;
  // mutants stay: there is always one, as the message says; the check is for the type
  if (!first) throw new Error('settings guarantee at least one public URL');
  const addressed = hosts.flatMap((host) => publicUrls.filter((url) => url.host === host));
  return addressed[0] ?? first;
}

/** Hawk's hash of a payload (hawk's `calculatePayloadHash`, header version 1), compared in constant time. */
export function payloadHashMatches(hash: string, contentType: string, body: string): boolean {
  const computed = createHash('sha256')
    .update(`hawk.1.payload\n${mimeTypeOf(contentType)}\n${body}\n`)
    .digest('base64');
  const [signed, actual] = [Buffer.from(hash), Buffer.from(computed)];
  return signed.length === actual.length && timingSafeEqual(signed, actual);
}

function mimeTypeOf(contentType: string): string {
  // mutant stays: split always returns at least one part
  const [mime = ''] = contentType.split(';');
  return mime.trim().toLowerCase();
}
