import { describe, expect, it, vi } from 'vitest';
import { within } from '../../../functions/platform/deadline.ts';
import { ContentCache } from '../../../functions/taskcluster/content-cache.ts';
import { TaskclusterError } from '../../../functions/ports/error.ts';
import type { ArtifactContent } from '../../../functions/ports/reader.ts';

const HOUR_MS = 60 * 60 * 1000;

function content(address: string | undefined, final = true): ArtifactContent {
  return { address, isFinal: () => Promise.resolve(final), stream: () => Promise.resolve(undefined) };
}

const final = (value: string) => ({ value, final: true });

/** Reads that end when the test says so. */
function reads() {
  const begun: PromiseWithResolvers<string>[] = [];
  const read = () => {
    const ending = Promise.withResolvers<string>();
    begun.push(ending);
    return ending.promise;
  };
  return { begun, read };
}

const downloadError = (outcome: { kind: 'unexpected-answer' | 'no-answer' }) =>
  new TaskclusterError({ method: 'download', code: 'Some', message: 'some', ...outcome });

describe('a cache of contents', () => {
  it('reads final content once an hour', async () => {
    let now = 1_000;
    const cache = new ContentCache<string>(1_000, undefined, () => now);
    const read = vi.fn<() => Promise<string>>(() => Promise.resolve('read'));
    await cache.get(content('a'), read);
    now += HOUR_MS - 1;
    expect(await cache.get(content('a'), read)).toStrictEqual(final('read'));
    expect(read).toHaveBeenCalledTimes(1);
    now += 1;
    expect(await cache.get(content('a'), read)).toStrictEqual(final('read'));
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('reads content each time if it has another address, may change, or has no address', async () => {
    const cache = new ContentCache<string>(1_000);
    const read = vi.fn<() => Promise<string>>(() => Promise.resolve('read'));
    for (const one of [content('a'), content('b'), content('c', false), content('c', false)])
      await cache.get(one, read);
    for (let again = 0; again < 2; again++) await cache.get(content(undefined), read);
    expect(read).toHaveBeenCalledTimes(6);
  });

  it('waits for the read of another caller only until its own deadline', async () => {
    const cache = new ContentCache<string>(1_000);
    const { begun, read } = reads();
    const first = cache.get(content('a'), read);
    const own = await within(Date.now() + 10, () => cache.get(content('a'), () => Promise.resolve('own')));
    expect(own).toStrictEqual({ value: 'own', final: false });
    const third = within(Date.now() + 60_000, () => cache.get(content('a'), read));
    begun[0]?.resolve('first');
    expect(await Promise.all([first, third])).toStrictEqual([final('first'), final('first')]);
    expect(begun).toHaveLength(1);
  });

  it('keeps no more bytes than its limit, as the caller counts them', async () => {
    const cache = new ContentCache<string>(10, (value) => value.length);
    await cache.get(content('a'), () => Promise.resolve('123456'));
    await cache.get(content('b'), () => Promise.resolve('123456'));
    const read = vi.fn<() => Promise<string>>(() => Promise.resolve('anew'));
    expect(await cache.get(content('b'), read)).toStrictEqual(final('123456'));
    expect(await cache.get(content('a'), read)).toStrictEqual(final('anew'));
  });

  it('reads once for all concurrent callers', async () => {
    const cache = new ContentCache<string>(1_000);
    const { begun, read } = reads();
    const asked = [1, 2, 3].map(() => cache.get(content('a'), read));
    expect(begun).toHaveLength(1);
    begun[0]?.resolve('read');
    expect(await Promise.all(asked)).toStrictEqual(['read', 'read', 'read'].map(final));
    expect(begun).toHaveLength(1);
  });

  it('makes each caller read if the content may change meanwhile', async () => {
    const cache = new ContentCache<string>(1_000);
    const { begun, read } = reads();
    const asked = [1, 2].map(() => cache.get(content('a', false), read));
    begun[0]?.resolve('first');
    await vi.waitFor(() => expect(begun).toHaveLength(2));
    begun[1]?.resolve('second');
    expect(await Promise.all(asked)).toStrictEqual(
      ['first', 'second'].map((value) => ({ value, final: false })),
    );
  });

  it('gives an error in the content to all waiting callers', async () => {
    const cache = new ContentCache<string>(1_000);
    const { begun, read } = reads();
    const asked = [1, 2].map(() => cache.get(content('a'), read));
    const error = downloadError({ kind: 'unexpected-answer' });
    begun[0]?.reject(error);
    expect(await Promise.allSettled(asked)).toStrictEqual(
      [1, 2].map(() => ({ status: 'rejected', reason: error })),
    );
    expect(begun).toHaveLength(1);
  });

  it('lets the others try themselves if the reading caller gets no answer', async () => {
    const cache = new ContentCache<string>(1_000);
    const { begun, read } = reads();
    const asked = [1, 2].map(() => cache.get(content('a'), read));
    const settled = Promise.allSettled(asked);
    const error = downloadError({ kind: 'no-answer' });
    begun[0]?.reject(error);
    await vi.waitFor(() => expect(begun).toHaveLength(2));
    begun[1]?.resolve('read');
    expect(await settled).toStrictEqual([
      { status: 'rejected', reason: error },
      { status: 'fulfilled', value: { value: 'read', final: false } },
    ]);
    // The failure is not cached.
    const third = cache.get(content('a'), read);
    begun[2]?.resolve('third');
    expect(await third).toStrictEqual(final('third'));
  });
});
