import { expect, it } from 'vitest';
import { TaskclusterClient } from '../../../functions/taskcluster/client.ts';

it('a method that does not exist neither compiles nor counts as answered', async () => {
  const client = new TaskclusterClient({ rootUrl: 'https://tc.example.com' });
  // @ts-expect-error: it is reportCompleted
  await expect(client.call('Queue', 'reportCompletd', [])).rejects.toThrow('no method reportCompletd');
  // @ts-expect-error: it is the queue's
  await expect(client.call('Index', 'createTask', [])).rejects.toThrow('no method createTask');
});
