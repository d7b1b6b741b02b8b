import { timeLeft } from '../platform/deadline.ts';

/** A call to an AWS service, signed with the credentials of this function's role. */
export interface AwsCall {
  service: 'ssm';
  /** Base URL of a service other than AWS's, for local runs and tests. */
  endpoint: string | undefined;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** After the first try; the first wait is up to 100 ms. */
const RETRIES = 3;

/**
 * Calls an AWS service without AWS's SDK, whose client takes longer to import than everything else together and would
 * exceed the bundle's budget, all to read one parameter at each cold start (docs/adr/0010).
 *
 * Lambda's runtime puts the region and the role's credentials into the environment; they are not settings.
 *
 * @returns the body of the answer
 * @throws Error with the service, the status and the answer's text
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
