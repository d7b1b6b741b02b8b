import { describe, expect, it } from 'vitest';
import { useDirectWay } from '../../support/direct-way.ts';
import { aTest } from '../../support/push-tasks.ts';
import { retrigger } from '../../support/requests.ts';

const way = useDirectWay();

describe('a retrigger of one label', () => {
  it.each(['encoded', 'decoded'] as const)(
    'clones its task, with the path %s by the gateway',
    async (style) => {
      way().gateway.pathStyle = style;
      const push = way().newPush();
      const { label } = aTest(push);
      const { taskId } = await retrigger(way(), push, [label]);
      expect(way().writes()).toMatchObject([
        {
          method: 'createTask',
          path: `/api/queue/v1/task/${taskId}`,
          status: 200,
          body: { metadata: { name: label } },
        },
      ]);
    },
  );
});
