import { expect, it } from 'vitest';
import { burst } from '../../bench/burst.ts';

// `npm run burst` does the same with 200 actions and four processes.
it.for(['direct', 'queued'] as const)(
  'loses nothing of a burst and does nothing twice: %s',
  async (way, { signal }) => {
    const { lost, doubled, waits } = await burst({ way, actions: 24, processes: 2, latencyMs: 10, signal });
    expect({ lost, doubled, created: waits.length }).toStrictEqual({ lost: 0, doubled: 0, created: 24 });
  },
);
