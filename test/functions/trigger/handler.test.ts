import { expect, it } from 'vitest';
import { Log } from '../../../functions/platform/log.ts';
import { createHandler, deadlinesOf } from '../../../functions/trigger/handler.ts';
import { useDirectWay } from '../../support/direct-way.ts';

const way = useDirectWay();

it('reads, writes and looks in that order, and answers before Lambda ends it', () => {
  expect(deadlinesOf(29_000, 1_000_000)).toEqual({
    reading: 1_017_400,
    writing: 1_027_260,
    looking: 1_028_420,
  });
});

it('can be prepared by a sign of life of each service', async () => {
  await createHandler(way().settings, new Log()).warmUp();
  expect(
    new Set(
      way()
        .calls('ping')
        .map(({ service }) => service),
    ),
  ).toEqual(new Set(['auth', 'queue', 'index', 'hooks']));
});
