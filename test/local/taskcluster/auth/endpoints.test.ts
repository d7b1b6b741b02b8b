import { describe, expect, test } from 'vitest';

import { clients, credentialsIn, DAY_MS, fromNow, refusal, start } from '../support.ts';

describe('clients', () => {
  const body = { description: 'x', expires: fromNow(DAY_MS), scopes: ['b', 'a'] };

  test('are created, read, listed and deleted', async () => {
    const local = await start();
    const { auth } = clients(local);
    const created = await auth.createClient('project/a', body);
    expect(created).toMatchObject({ clientId: 'project/a', scopes: ['a', 'b'], disabled: false });
    const own = clients(local, credentialsIn(created)).auth;
    expect(await own.currentScopes()).toMatchObject({ scopes: expect.arrayContaining(['a', 'b']) });
    expect(await auth.client('project/a')).not.toHaveProperty('accessToken');
    expect(await auth.listClients({ prefix: 'project/' })).toMatchObject({
      clients: [{ clientId: 'project/a' }],
    });
    await auth.deleteClient('project/a');
    expect(await refusal(auth.client('project/a'))).toMatchObject({ statusCode: 404 });
  });

  test('an identical repeat returns the same client, a different one is a conflict', async () => {
    const local = await start();
    const { auth } = clients(local);
    const created = await auth.createClient('a', body);
    expect(await auth.createClient('a', body)).toMatchObject(credentialsIn(created));
    const other = auth.createClient('a', { ...body, scopes: [] });
    expect(await refusal(other)).toMatchObject({ statusCode: 409, code: 'RequestConflict' });
  });

  test('cannot get scopes that their creator lacks', async () => {
    const local = await start();
    const { auth } = clients(local, local.createClient('creator', ['auth:create-client:*', 'a']));
    expect((await refusal(auth.createClient('x', body))).message).toContain(
      'missing the following scopes:\n\n```\nb\n```',
    );
    expect(await refusal(auth.createClient('static/x', body))).toMatchObject({ statusCode: 400 });
  });
});

describe('roles', () => {
  test('are created, updated, listed and deleted', async () => {
    const local = await start();
    const { auth } = clients(local);
    const roleId = 'hook-id:project-x/*';
    expect(await auth.createRole(roleId, { description: 'x', scopes: ['b', 'a:<..>'] })).toMatchObject({
      scopes: ['a:<..>', 'b'],
      expandedScopes: ['a:*', 'assume:hook-id:project-x/*', 'b'],
    });
    await auth.createRole(roleId, { description: 'x', scopes: ['b', 'a:<..>'] });
    expect(await refusal(auth.createRole(roleId, { description: 'y', scopes: [] }))).toMatchObject({
      statusCode: 409,
    });
    await auth.updateRole(roleId, { description: 'y', scopes: ['c'] });
    expect(await auth.role(roleId)).toMatchObject({ description: 'y', scopes: ['c'] });
    expect(await auth.listRoleIds()).toEqual({ roleIds: ['anonymous', roleId] });
    expect(await auth.listRoles2({ limit: 1 })).toMatchObject({
      roles: [{ roleId: 'anonymous' }],
      continuationToken: expect.any(String),
    });
    await auth.deleteRole(roleId);
    expect(await refusal(auth.role(roleId))).toMatchObject({ statusCode: 404 });
    expect(await refusal(auth.updateRole(roleId, { description: '', scopes: [] }))).toMatchObject({
      statusCode: 404,
    });
  });

  test('an update needs only the scopes that it adds', async () => {
    const local = await start();
    local.createRole('r', ['a', 'b']);
    const { auth } = clients(local, local.createClient('user', ['auth:update-role:r', 'c']));
    await auth.updateRole('r', { description: '', scopes: ['a', 'c'] });
    const more = auth.updateRole('r', { description: '', scopes: ['d'] });
    expect(await refusal(more)).toMatchObject({ statusCode: 403, code: 'InsufficientScopes' });
  });

  test('expandScopes follows them', async () => {
    const local = await start();
    local.createRole('r', ['x']);
    const expanded = await clients(local, null).auth.expandScopes({ scopes: ['assume:r'] });
    expect(expanded).toEqual({ scopes: ['assume:r', 'x'] });
  });
});
