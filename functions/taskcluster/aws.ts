import { timeLeft } from '../platform/deadline.ts';

/** A call to an AWS service, signed as this function's role. */
export interface AwsCall {
  service: 'ssm';
  /** Base URL of another service than AWS's, for local runs and tests. */
  endpoint: string | undefined;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** After the first try; the waits between them begin with up to 100 ms. */
const RETRIES = 3;

/**
 * Reading one parameter at each cold start does not need AWS's SDK, whose client takes longer to import than everything
 * else together and would not fit into the bundle's budget (docs/adr/0010).
 *
 * The region and the role's credentials are in the environment, where Lambda's runtime puts them; they are no settings.
 *
 * @returns the body of the answer
 * @throws Error that names the service and the status, and has the answer's own words
 */
export async function callAws({ service, endpoint, path, headers, body }: AwsCall): Promise<string> {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_REGION || !AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new Error(`calling ${service} needs AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`);
  }
  const { AwsClient } = await import('aws4fetch');
  const client = new AwsClient({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    service,
    region: AWS_REGION,
    retries: RETRIES,
    initRetryMs: 100,
  });
  const url = `${endpoint ?? `https://${service}.${AWS_REGION}.amazonaws.com`}${path}`;
  const signal = AbortSignal.timeout(Math.max(1, Math.min(10_000, timeLeft())));
  const response = await client.fetch(url, { method: 'POST', headers, body, signal });
  const text = await response.text();
  if (!response.ok) throw new Error(`${service} answered ${response.status}: ${text.slice(0, 500)}`);
  return text;
}
