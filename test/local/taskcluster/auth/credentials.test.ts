import taskcluster from 'taskcluster-client';
import { describe, expect, test } from 'vitest';

import type { Credentials, LocalTaskcluster } from '../../../../local/taskcluster/api.ts';
import { payloadHash } from '../../../../local/taskcluster/auth/hawk.ts';
import { clients, HOUR_MS, record, refusal, start } from '../support.ts';

async function scopesOf(
  local: LocalTaskcluster,
  credentials: Credentials | null,
  authorizedScopes?: string[],
) {
  return record(await clients(local, credentials, authorizedScopes).auth.currentScopes())['scopes'];
}

function temporary(
  credentials: Credentials,
  scopes: string[],
  more: { clientId?: string; start?: Date; expiry?: Date } = {},
) {
  return taskcluster.createTemporaryCredentials({
    credentials,
    scopes,
    expiry: new Date(Date.now() + HOUR_MS),
    ...more,
  });
}

function ago(minutes: number): Date {
  return new Date(Date.now() - minutes * 60 * 1000);
}

describe('credentials', () => {
  test('permanent ones have their expanded scopes, and the anonymous ones', async () => {
    const local = await start();
    local.createRole('r', ['x:y']);
    const user = local.createClient('user', ['assume:r', 'a:b']);
    expect(await scopesOf(local, user)).toEqual(
      expect.arrayContaining(['a:b', 'assume:r', 'x:y', 'assume:anonymous']),
    );
    expect(await scopesOf(local, null)).toContain('queue:get-task:*');
  });

  test('a wrong access token, an unknown client and a stale clock are refused with 401', async () => {
    const local = await start({ now: () => Date.now() + 16 * 60 * 1000 });
    const user = local.createClient('user', []);
    expect(await refusal(scopesOf(local, user))).toMatchObject({
      statusCode: 401,
      code: 'AuthenticationFailed',
      message: expect.stringContaining('Stale timestamp'),
    });
    const wrong = await refusal(scopesOf(local, { ...user, accessToken: 'wrong' }));
    expect(wrong.message).toContain('Bad mac');
    const unknown = await refusal(scopesOf(local, { clientId: 'nobody', accessToken: 'x' }));
    expect(unknown.message).toContain("Client with clientId 'nobody' not found");
  });

  test('15 minutes of skew are accepted', async () => {
    const local = await start({ now: () => Date.now() - 14 * 60 * 1000 });
    expect(await scopesOf(local, local.createClient('user', []))).toContain('assume:anonymous');
  });

  test('temporary ones have what their certificate says', async () => {
    const local = await start();
    const user = local.createClient('user', ['a:*']);
    const scopes = await scopesOf(local, temporary(user, ['a:b']));
    expect(scopes).toContain('a:b');
    expect(scopes).not.toContain('a:*');
  });

  test('temporary ones are refused if the certificate was tampered with, claims too much or has expired', async () => {
    const local = await start();
    const user = local.createClient('user', ['a:*']);
    const good = temporary(user, ['a:b']);
    const certificate = record(JSON.parse(good.certificate ?? ''));
    const tampered = { ...good, certificate: JSON.stringify({ ...certificate, scopes: ['a:c'] }) };
    expect((await refusal(scopesOf(local, tampered))).message).toContain('signature is not valid');
    const tooMuch = temporary(user, ['b:c']);
    expect((await refusal(scopesOf(local, tooMuch))).message).toContain(
      "doesn't satisfy all certificate scopes",
    );
    const expired = temporary(user, ['a:b'], { start: ago(60), expiry: ago(6) });
    expect((await refusal(scopesOf(local, expired))).message).toContain('ext.certificate.expiry < now');
    await scopesOf(local, temporary(user, ['a:b'], { start: ago(60), expiry: ago(4) }));
  });

  test('named temporary ones need the scope to create a client of that name', async () => {
    const local = await start();
    const user = local.createClient('user', ['a:*', 'auth:create-client:user/for/*']);
    await scopesOf(local, temporary(user, ['a:b'], { clientId: 'user/for/somebody' }));
    expect(local.calls().at(-1)?.clientId).toBe('user/for/somebody');
    const other = temporary(user, ['a:b'], { clientId: 'somebody' });
    expect((await refusal(scopesOf(local, other))).message).toContain('auth:create-client:somebody');
  });

  test('authorizedScopes restrict, and are refused if they exceed the credentials', async () => {
    const local = await start();
    const user = local.createClient('user', ['a:*']);
    const scopes = await scopesOf(local, user, ['a:b']);
    expect(scopes).toContain('a:b');
    expect(scopes).not.toContain('a:*');
    expect(await refusal(scopesOf(local, user, ['b:c']))).toMatchObject({ statusCode: 401 });
  });

  test('refuses a certificate that makes the header longer than Hawk allows', async () => {
    const local = await start();
    const user = local.createClient('user', ['a:*']);
    const many = Array.from({ length: 100 }, (_, i) => `a:long-enough-to-matter-in-the-end:${i}`);
    expect((await refusal(scopesOf(local, temporary(user, many)))).message).toContain(
      'Header length too long',
    );
  });

  test('authenticateHawk always answers 200', async () => {
    const local = await start();
    const { auth } = clients(local, null);
    const request = { method: 'get', resource: '/a?b=c', host: 'example.com', port: 443 };
    expect(await auth.authenticateHawk(request)).toMatchObject({ status: 'no-auth', scheme: 'none' });
    const authorization = 'Hawk id="nobody", ts="1", nonce="a", mac="b"';
    expect(await auth.authenticateHawk({ ...request, authorization })).toEqual({
      status: 'auth-failed',
      message: "Client with clientId 'nobody' not found",
    });
  });

  test('the hash of a payload does not depend on the parameters of its content type', () => {
    expect(payloadHash('{}', 'application/json; charset=utf-8')).toBe(payloadHash('{}', 'Application/JSON'));
    expect(payloadHash('{}', 'application/json')).not.toBe(payloadHash('{ }', 'application/json'));
  });
});
