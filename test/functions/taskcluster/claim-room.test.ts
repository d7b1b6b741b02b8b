import { expect, it } from 'vitest';
import { ClaimRoom } from '../../../functions/taskcluster/claim-room.ts';

const MB = 1024 * 1024;

it('has 64 MB, of which tasks of up to 1 MB take nothing', () => {
  const room = new ClaimRoom();
  const release = room.take(64 * MB);
  expect(release).toBeDefined();
  expect(room.take(MB)).toBeDefined();
  expect(room.take(MB + 1)).toBeUndefined();
  release?.();
  expect(room.take(64 * MB + 1)).toBeUndefined();
  expect(room.take(64 * MB)).toBeDefined();
});

it('tells each one that waits when there is enough for it', async () => {
  const room = new ClaimRoom();
  const [first, second] = [room.take(32 * MB), room.take(32 * MB)];
  const told: string[] = [];
  const large = room.untilFree(64 * MB).then(() => told.push('large'));
  const small = room.untilFree(32 * MB).then(() => told.push('small'));
  first?.();
  await small;
  expect(told).toStrictEqual(['small']);
  second?.();
  await large;
  expect(told).toStrictEqual(['small', 'large']);
});
