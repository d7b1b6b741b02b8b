import { describe, expect, test } from 'vitest';
import { refusal } from '../support/requests.ts';
import { createTemporaryCredentials, slugid } from './clients.ts';
import type { Live } from './live.ts';

const input = { requests: [{ tasks: ['test-beside'] }] };

/** What is refused, without any effect. */
export function refusalCases(live: () => Live): void {
  const payload = () => live().payload('retrigger-multiple', { input, taskId: null });
  const triggerScope = () => {
    const { hookGroupId, hookId } = live().deployment.hook;
    return `hooks:trigger-hook:${hookGroupId}/${hookId}`;
  };
  /** Why an attempt on the label was refused, and what it created nevertheless. */
  const refusalOf = async (send: () => Promise<string>, label = 'test-beside') => {
    const before = await live().clonesOf(label);
    const refused = await refusal(send());
    const made = (await live().clonesOf(label)).filter((taskId) => !before.includes(taskId));
    return { ...refused, made };
  };

  describe('refusals', () => {
    test('a task with more scopes than the hook has, by the queue', async () => {
      const refused = await refusalOf(() => live().retrigger(['test-privileged']), 'test-privileged');
      expect(refused).toMatchObject({ statusCode: 400, code: 'InputError', made: [] });
      expect(refused.message).toContain('createTask: InsufficientScopes');
      expect(refused.message).toContain(`project:${live().deployment.trustDomain}:more-than-the-hook-may`);
    });

    test('a task of another group', async () => {
      const taskId = live().foreignDecision;
      const refused = await refusal(live().send(live().payload('retrigger', { taskId, input: {} })));
      expect(refused).toMatchObject({ statusCode: 400, code: 'InputError' });
      expect(refused.message).toContain(`it belongs to task group ${taskId}`);
    });

    test('a task that does not exist', async () => {
      const taskId = slugid();
      const refused = await refusal(live().send(live().payload('retrigger', { taskId, input: {} })));
      expect(refused).toMatchObject({ statusCode: 400, code: 'InputError' });
      expect(refused.message).toContain('the queue no longer has this task');
    });

    test('a user without the scope', async () => {
      const { stranger } = live().deployment;
      const refused = await refusalOf(() => live().send(payload(), { credentials: stranger }));
      expect(refused).toMatchObject({ statusCode: 403, code: 'InsufficientScopes', made: [] });
      expect(refused.message).toContain(triggerScope());
    });

    test('a request restricted to less than the scope', async () => {
      const authorizedScopes = [`${triggerScope()}/full`];
      const refused = await refusalOf(() => live().send(payload(), { authorizedScopes }));
      expect(refused).toMatchObject({ statusCode: 403, code: 'InsufficientScopes', made: [] });
    });

    test('a wrong key', async () => {
      const { clientId } = live().deployment.user;
      const credentials = { clientId, accessToken: 'a'.repeat(44) };
      const refused = await refusalOf(() => live().send(payload(), { credentials }));
      expect(refused).toMatchObject({ statusCode: 401, code: 'AuthenticationFailed', made: [] });
    });

    test('credentials that have expired', async () => {
      const credentials = createTemporaryCredentials({
        credentials: live().deployment.user,
        scopes: [triggerScope()],
        start: new Date(Date.now() - 7_200_000),
        expiry: new Date(Date.now() - 3_600_000),
      });
      const refused = await refusalOf(() => live().send(payload(), { credentials }));
      expect(refused).toMatchObject({ statusCode: 401, code: 'AuthenticationFailed', made: [] });
    });

    test('a push whose decision task may not use the hook', async () => {
      const { foreignDecision } = live();
      const asked = live().payload('retrigger-multiple', { input, taskId: null }, foreignDecision);
      const refused = await refusalOf(() => live().send(asked));
      expect(refused).toMatchObject({ statusCode: 403, code: 'InsufficientScopes', made: [] });
      expect(refused.message).toContain('in-tree:hook-action:');
    });

    test('our own forward that came back', async () => {
      const { trigger } = live().deployment;
      const credentials = createTemporaryCredentials({
        clientId: `${trigger.clientId}/for/somebody`,
        credentials: trigger,
        scopes: [triggerScope()],
        expiry: new Date(Date.now() + 600_000),
      });
      const refused = await refusalOf(() => live().send(payload(), { credentials }));
      expect(refused).toMatchObject({ statusCode: 400, code: 'InputError', made: [] });
      expect(refused.message).toContain('came back');
    });

    test('a wrong input, naming the field', async () => {
      const wrong = { requests: [{ tasks: ['test-beside'], times: 101 }] };
      const asked = live().payload('retrigger-multiple', { input: wrong, taskId: null });
      const refused = await refusalOf(() => live().send(asked));
      expect(refused).toMatchObject({ statusCode: 400, code: 'InputValidationError', made: [] });
      expect(refused.message).toContain('payload/user/input/requests/0/times');
    });
  });
}
