import { describe, expect, it } from 'vitest';
import type { Credentials } from '../../../functions/platform/credentials.ts';
import { derivedCredentials } from '../../../functions/taskcluster/credentials.ts';

/** Credentials whose token changes when it is refused, at most so often; and how often that was asked for. */
function changing(times: number) {
  let known: Credentials = { clientId: 'c', accessToken: '0' };
  let asked = 0;
  const source = {
    current: async () => known,
    renewed: async (refused: Credentials) => {
      asked++;
      expect(refused).toBe(known);
      if (asked > times) return undefined;
      known = { clientId: 'c', accessToken: String(asked) };
      return known;
    },
  };
  return { source, asked: () => asked };
}

const derive = ({ clientId, accessToken }: Credentials): Credentials => ({
  clientId: `${clientId}/derived`,
  accessToken: `${accessToken}/derived`,
});

describe('derived credentials', () => {
  it('stay the same object while the others do', async () => {
    const derived = derivedCredentials(changing(0).source, derive);
    const first = await derived.current();
    expect(first).toStrictEqual({ clientId: 'c/derived', accessToken: '0/derived' });
    expect(await derived.current()).toBe(first);
  });

  it('are derived again when they are refused and the others have changed', async () => {
    const derived = derivedCredentials(changing(1).source, derive);
    const renewed = await derived.renewed(await derived.current());
    expect(renewed).toStrictEqual({ clientId: 'c/derived', accessToken: '1/derived' });
    expect(await derived.current()).toBe(renewed);
  });

  it('are given up when they are refused and the others are still the same', async () => {
    const derived = derivedCredentials(changing(0).source, derive);
    expect(await derived.renewed(await derived.current())).toBeUndefined();
  });

  it('that were refused late, after others have replaced them, cost no further look', async () => {
    const { source, asked } = changing(2);
    const derived = derivedCredentials(source, derive);
    const old = await derived.current();
    const renewed = await derived.renewed(old);
    expect(await derived.renewed(old)).toBe(renewed);
    expect(asked()).toBe(1);
  });
});
