import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { lambdaInvoker } from '../../../functions/worker/invoke.ts';
import { within } from '../../../functions/platform/deadline.ts';
import type { Credentials, StoredCredentials } from '../../../functions/platform/credentials.ts';
import { Log } from '../../../functions/platform/log.ts';
import { credentialsSource } from '../../../functions/taskcluster/stored-credentials.ts';
import type { CredentialsSource } from '../../../functions/taskcluster/credentials.ts';
import { ROLE, startAwsServer, type AwsServer } from './aws-server.ts';

const PARAMETER = '/retrigger-hooks/level1/trigger/access-token';
const MINUTE = 60_000;

let aws: AwsServer;
let now: number;
let records: { event: string; [field: string]: unknown }[];

beforeAll(async () => {
  aws = await startAwsServer();
});
beforeEach(() => {
  for (const [name, value] of Object.entries(ROLE)) vi.stubEnv(name, value);
  aws.parameters.clear();
  aws.parameters.set(PARAMETER, 'token-one');
  aws.requests.length = 0;
  aws.failures.length = 0;
  records = [];
  now = 1_000_000;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

function stored(): CredentialsSource {
  const log = new Log((_level, record) => records.push(record));
  const where = { clientId: 'retrigger/trigger', accessTokenParameter: PARAMETER, ssmEndpoint: aws.url };
  return credentialsSource(where, log, () => now);
}

describe('credentials in SSM', () => {
  it('are requested by name, decrypted, in a request signed with the role’s credentials', async () => {
    expect(await stored().current()).toEqual({ clientId: 'retrigger/trigger', accessToken: 'token-one' });
    const [request] = aws.requests;
    expect(request?.body).toEqual({ Name: PARAMETER, WithDecryption: true });
    expect(request?.headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDLOCAL\/\d{8}\/us-west-2\/ssm\/aws4_request, SignedHeaders=/,
    );
    expect(request?.headers['x-amz-security-token']).toBe('local-session-token');
  });

  it('are read near a deadline that is no whole number of milliseconds', async () => {
    const { accessToken } = await within(Date.now() + 5_000.5, () => stored().current());
    expect(accessToken).toBe('token-one');
  });

  it('are read once for all concurrent callers', async () => {
    const source = stored();
    await Promise.all([source.current(), source.current(), source.current()]);
    expect(aws.requests).toHaveLength(1);
  });

  it('are read again after five minutes, and are the new ones then', async () => {
    const source = stored();
    const first = await source.current();
    aws.parameters.set(PARAMETER, 'token-two');
    now += 5 * MINUTE - 1;
    expect(await source.current()).toBe(first);
    now += 1;
    expect(await source.current()).toEqual({ clientId: 'retrigger/trigger', accessToken: 'token-two' });
    expect(aws.requests).toHaveLength(2);
  });

  it('stay the same object while the token is the same', async () => {
    const source = stored();
    const first = await source.current();
    now += 6 * MINUTE;
    expect(await source.current()).toBe(first);
    expect(aws.requests).toHaveLength(2);
  });

  it('are read again at once when they are refused', async () => {
    const source = stored();
    const refused = await source.current();
    aws.parameters.set(PARAMETER, 'token-two');
    const renewed = await source.renewed(refused);
    expect(renewed?.accessToken).toBe('token-two');
    // A caller refused at the same time gets the same answer without another read.
    expect(await source.renewed(refused)).toBe(renewed);
    expect(aws.requests).toHaveLength(2);
    expect(records).toEqual([{ event: 'credentials-renewed', v: 1, changed: 'yes' }]);
  });

  it('are not read over and over when the stored token itself is refused', async () => {
    const source = stored();
    const refused = await source.current();
    expect(await source.renewed(refused)).toBeUndefined();
    expect(await source.renewed(refused)).toBeUndefined();
    expect(aws.requests).toHaveLength(2);
    expect(records).toEqual([{ event: 'credentials-renewed', v: 1, changed: 'no' }]);
    now += 10_000;
    aws.parameters.set(PARAMETER, 'token-two');
    expect((await source.renewed(refused))?.accessToken).toBe('token-two');
  });

  it('survive an outage of SSM', async () => {
    const source = stored();
    const first = await source.current();
    now += 6 * MINUTE;
    aws.failures.push(500, 500, 500, 500);
    expect(await source.current()).toBe(first);
    expect(records.map(({ event }) => event)).toEqual(['unexpected-error']);
    // SSM has answered once, and four times not. It is left alone for five minutes.
    expect(await source.current()).toBe(first);
    expect(aws.requests).toHaveLength(5);
    now += 6 * MINUTE;
    expect(await source.current()).toBe(first);
    expect(records).toHaveLength(1);
  });

  it('stay refused if they cannot be read again, and are read at the next refusal', async () => {
    const source = stored();
    const refused = await source.current();
    aws.parameters.set(PARAMETER, 'token-two');
    aws.failures.push(500, 500, 500, 500);
    expect(await source.renewed(refused)).toBeUndefined();
    expect(records.map(({ event }) => event)).toEqual(['unexpected-error']);
    expect((await source.renewed(refused))?.accessToken).toBe('token-two');
  });

  it('are read again after a hiccup', async () => {
    aws.failures.push(500);
    expect((await stored().current()).accessToken).toBe('token-one');
  });

  it.each<[string, () => void, RegExp]>([
    ['there is no such parameter', () => aws.parameters.clear(), /ssm answered 400.*ParameterNotFound/],
    ['it is empty', () => aws.parameters.set(PARAMETER, ' '), /has no value/],
    ['there is no role', () => vi.stubEnv('AWS_ACCESS_KEY_ID', ''), /needs AWS_REGION/],
  ])('fail clearly if %s', async (_what, arrange, message) => {
    arrange();
    await expect(stored().current()).rejects.toThrow(message);
  });

  it('are the given ones, if given', async () => {
    const given = { clientId: 'c', accessToken: 'given' };
    const source = credentialsSource(given, new Log());
    expect(await source.current()).toBe(given);
    expect(await source.renewed(given)).toBeUndefined();
  });
});

describe('credentials in a file', () => {
  let file: string;
  beforeAll(async () => {
    file = join(await mkdtemp(join(tmpdir(), 'token-')), 'access-token');
  });
  afterAll(() => rm(dirname(file), { recursive: true }));

  const source = () => credentialsSource({ clientId: 'c', accessTokenFile: file }, new Log(), () => now);

  it('are its text without the white space around it', async () => {
    await writeFile(file, ' token-one\n');
    expect(await source().current()).toEqual({ clientId: 'c', accessToken: 'token-one' });
  });

  it('fail clearly if it is empty', async () => {
    await writeFile(file, '\n');
    await expect(source().current()).rejects.toThrow(`there is no access token in ${file}`);
  });
});

it.each<[string, () => Promise<Credentials | StoredCredentials>]>([
  ['that is given', async () => ({ clientId: 'c', accessToken: 's3cr3t-token' })],
  [
    'in SSM',
    async () => {
      aws.parameters.set(PARAMETER, 's3cr3t-token');
      return { clientId: 'c', accessTokenParameter: PARAMETER, ssmEndpoint: aws.url };
    },
  ],
  [
    'in a file',
    async () => {
      const accessTokenFile = join(await mkdtemp(join(tmpdir(), 'token-')), 'access-token');
      await writeFile(accessTokenFile, 's3cr3t-token');
      return { clientId: 'c', accessTokenFile };
    },
  ],
])('a token %s is in no later line of the log', async (_where, place) => {
  const log = new Log((_level, record) => records.push(record));
  const source = credentialsSource(await place(), log);
  expect((await source.current()).accessToken).toBe('s3cr3t-token');
  log.unexpected(new Error('refused: s3cr3t-token'));
  expect(records).toHaveLength(1);
  expect(JSON.stringify(records)).not.toContain('s3cr3t-token');
});

describe('lambdaInvoker', () => {
  it('starts a run without waiting for it', async () => {
    await lambdaInvoker('retrigger-hooks-level1-worker', aws.url)({ mode: 'drain' });
    const [request] = aws.requests;
    expect(request?.path).toBe('/2015-03-31/functions/retrigger-hooks-level1-worker/invocations');
    expect(request?.headers['x-amz-invocation-type']).toBe('Event');
    expect(request?.headers['authorization']).toContain('/us-west-2/lambda/aws4_request');
    expect(request?.body).toEqual({ mode: 'drain' });
  });

  it('fails if Lambda refuses', async () => {
    aws.failures.push(403);
    await expect(lambdaInvoker('f', aws.url)({})).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });
});
