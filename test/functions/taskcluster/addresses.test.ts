import { lookup, type LookupAddress } from 'node:dns';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AddressRule, kindOf } from '../../../functions/taskcluster/addresses.ts';

describe('the kind of an address', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['fe80::1', 'link-local'],
    ['::ffff:a9fe:a9fe', 'link-local'],
    ['64:ff9b::a9fe:a9fe', 'link-local'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd00:ec2::254', 'private'],
    ['0.0.0.0', 'reserved'],
    ['::', 'reserved'],
    ['2002:7f00:1::', 'reserved'],
    ['224.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['64:ff9b::', 'reserved'],
    ['8.8.8.8', 'public'],
    ['172.32.0.1', 'public'],
    ['169.253.1.1', 'public'],
    ['2600:1f18::1', 'public'],
    ['64:ff9b::808:808', 'public'],
    ['64:ff9b::8:808', 'reserved'],
  ])('%s is %s', (address, kind) => {
    expect(kindOf(address)).toBe(kind);
  });
});

async function resolve(trusted: string, hostname: string, all: boolean): Promise<string | LookupAddress[]> {
  const rule = new AddressRule(trusted);
  await rule.prepare(hostname);
  return promisify((done: (error: Error | null, found: string | LookupAddress[]) => void) =>
    rule.lookup(hostname, { all }, (error, found) => done(error, found)),
  )();
}

describe('a lookup', () => {
  it('refuses a name that leads to this machine if the deployment is elsewhere', async () => {
    for (const all of [true, false])
      await expect(resolve('192.0.2.1', 'localhost', all)).rejects.toThrow('a loopback address');
  });

  it('also refuses it if the deployment’s own address was never resolved', async () => {
    const rule = new AddressRule('no-such-host.invalid');
    await expect(rule.prepare('localhost')).rejects.toThrow('ENOTFOUND');
    const found = promisify((done: (error: Error | null) => void) =>
      rule.lookup('localhost', { all: true }, (error) => done(error)),
    )();
    await expect(found).rejects.toThrow('a loopback address');
  });

  it('accepts it if the deployment itself is on this machine', async () => {
    const plain = await promisify(lookup)('localhost', { all: true });
    expect(await resolve('127.0.0.1', 'localhost', true)).toStrictEqual(plain);
    expect(await resolve('127.0.0.1', 'localhost', false)).toBe(plain[0]?.address);
  });

  it.each(['127.0.0.1', '10.0.0.1', '8.8.8.8'])(
    'never accepts the metadata service of a cloud, even if the deployment is at %s',
    async (trusted) => {
      const attempt = new AddressRule(trusted).prepare('169.254.169.254');
      await expect(attempt).rejects.toThrow('a link-local address');
    },
  );
});
