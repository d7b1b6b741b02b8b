import { lookup } from 'node:dns';
import { lookup as resolve } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** The kind of an address: decides whether we may connect to it. */
type AddressKind = 'public' | 'loopback' | 'link-local' | 'private' | 'reserved';

/** IANA's special-purpose registries, IPv4 and IPv6. BlockList also recognizes `::ffff:a.b.c.d` as IPv4. */
const RANGES: Record<Exclude<AddressKind, 'public'>, readonly string[]> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fec0::/10'],
  reserved: [
    '0.0.0.0/8',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/4',
    '240.0.0.0/4',
    '::/128',
    '64:ff9b:1::/48',
    '100::/64',
    '2001::/23',
    '2001:db8::/32',
    '2002::/16',
    'ff00::/8',
  ],
};

const KINDS = ['loopback', 'link-local', 'private', 'reserved'] as const;
const LISTS = KINDS.map((kind) => {
  const list = new BlockList();
  for (const range of RANGES[kind]) {
    const [address = '', bits] = range.split('/');
    list.addSubnet(address, Number(bits), familyOf(address));
  }
  return { kind, list };
});

/** @param address IPv4 or IPv6, as text */
export function kindOf(address: string): AddressKind {
  const embedded = translated(address);
  const shown = embedded ?? address;
  return LISTS.find(({ list }) => list.check(shown, familyOf(shown)))?.kind ?? 'public';
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** The IPv4 address in a NAT64 address (64:ff9b::/96), by which networks without IPv4 reach IPv4 hosts. */
function translated(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined;
  // The URL parser normalizes IPv6 addresses.
  const { hostname } = new URL(`http://[${address.split('%')[0]}]`);
  const [, high, low] = /^\[64:ff9b::(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})?\]$/.exec(hostname) ?? [];
  if (!hostname.startsWith('[64:ff9b::')) return undefined;
  const bits = [Number.parseInt(high ?? '0', 16), Number.parseInt(low ?? '0', 16)];
  return bits.flatMap((word) => [word >> 8, word & 255]).join('.');
}

/** A host resolves to an address that we must not connect to. */
export class ForbiddenAddressError extends Error {}

/**
 * Which addresses we may connect to: public ones, and those of the same kind as the trusted host's own (a Taskcluster
 * on a private network also keeps its artifacts there).
 */
export class AddressRule {
  readonly #trustedHost: string;
  #allowed: ReadonlySet<AddressKind> | undefined;

  constructor(trustedHost: string) {
    this.#trustedHost = trustedHost;
  }

  /**
   * Call this before a connection to a host: connecting to an address instead of a name makes no lookup.
   * @throws ForbiddenAddressError; the resolver's error if the trusted host's own address cannot be found out
   */
  async prepare(hostname: string): Promise<void> {
    if (!this.#allowed) {
      const trusted = await resolve(withoutBrackets(this.#trustedHost), { all: true });
      this.#allowed = new Set<AddressKind>(['public', ...trusted.map(({ address }) => kindOf(address))]);
    }
    const address = withoutBrackets(hostname);
    const refused = isIP(address) === 0 ? undefined : this.#refusal([{ address }]);
    if (refused) throw refused;
  }

  /**
   * A `lookup` for connections. The connection goes to the addresses checked here, so a second DNS answer cannot change
   * them.
   */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const refused = error ?? this.#refusal(addresses);
      const [first] = addresses ?? [];
      if (refused || !first) callback(refused ?? null, []);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };

  #refusal(addresses: readonly { address: string }[]): ForbiddenAddressError | undefined {
    const forbidden = addresses
      .map(({ address }) => kindOf(address))
      .find((kind) => kind !== 'public' && !this.#allowed?.has(kind));
    return forbidden && new ForbiddenAddressError(`a ${forbidden} address`);
  }
}

function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
