import { beforeAll, describe, expect, test } from 'vitest';
import { refusal } from '../support/requests.ts';
import type { Live } from './live.ts';

/** A push that accepts no more tasks. A group cannot be unsealed, so these come last. */
export function sealedCases(live: () => Live): void {
  describe('a sealed push', () => {
    beforeAll(() => live().services.queue.sealTaskGroup(live().push.decisionTaskId));

    test('accepts no clones, and the answer says so', async () => {
      const refused = await refusal(live().retrigger(['test-beside']));
      expect(refused).toMatchObject({ statusCode: 400, code: 'InputError' });
      expect(refused.message).toContain('createTask: RequestConflict');
      expect(refused.message).toContain('sealed');
      expect(await live().clonesOf('test-beside')).toEqual([]);
    });

    test('accepts no full action task either', async () => {
      const refused = await refusal(live().retrigger(['test-unmarked']));
      expect(refused.statusCode).toBeGreaterThanOrEqual(400);
      expect(refused.statusCode).toBeLessThan(500);
      expect(refused.message).toContain('sealed');
    });
  });
}
