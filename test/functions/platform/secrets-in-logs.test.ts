import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Fault } from '../../../local/taskcluster/api.ts';
import taskcluster from 'taskcluster-client';
import { at } from '../../support/json.ts';
import { aBuild, aTest } from '../../support/push-tasks.ts';
import { payloadOf, post, requestsPayload, retrigger, trigger } from '../../support/requests.ts';
import { ROLE, startAwsServer, type AwsServer } from '../taskcluster/aws-server.ts';
import { Observed } from './observed.ts';

let observed: Observed;
let aws: AwsServer;
beforeAll(async () => {
  observed = await Observed.start();
  aws = await startAwsServer();
});
beforeEach(() => observed.reset());
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  await observed.way.stop();
  await aws.close();
});

/** Everything in this test that must not be in a log. */
function secrets(): string[] {
  const { deployment, tc } = observed.way;
  const { user, trigger: own, worker } = deployment;
  const macs = observed.authorizations.flatMap(
    (header) => /mac="([^"]+)"|ext="([^"]+)"/g.exec(header)?.slice(1) ?? [],
  );
  const claims = tc
    .calls()
    .filter(({ method }) => method === 'claimWork' || method === 'reclaimTask')
    .flatMap(
      ({ response }) =>
        JSON.stringify(response ?? null).match(/(?<="(?:accessToken|signature)\\*":\\*")[^"\\]+/g) ?? [],
    );
  return [user, own, worker]
    .map(({ accessToken }) => accessToken)
    .concat(macs, claims, Object.values(ROLE).slice(1))
    .filter(Boolean);
}

/** The secrets that reached the log, or why that cannot be checked. */
function leaks(): string[] {
  if (observed.lines.length === 0) return ['nothing was logged'];
  const output = observed.lines.join('\n');
  const headers = /\bmac=\\*"[^*]/.test(output) ? ['an Authorization header'] : [];
  return secrets()
    .filter((secret) => output.includes(secret))
    .concat(headers);
}

/** Only the log matters here, not the answer. */
async function whatever(attempt: Promise<unknown>): Promise<void> {
  await attempt.catch(() => undefined);
}

describe('no secret is in the log of the direct way', () => {
  it('of clones, reruns, no-ops, refusals and forwards', async () => {
    const push = observed.way.newPush();
    const { label, taskId } = aTest(push, 'failed');
    await retrigger(observed.way, push, [label]);
    await whatever(
      retrigger(observed.way, push, [aBuild(push, 'failed').label, aBuild(push, 'completed').label, 'x']),
    );
    await trigger(observed.way, payloadOf(push, 'retrigger', { taskId, input: { downstream: true } }));
    expect(leaks()).toEqual([]);
  });

  it('of callers with temporary credentials', async () => {
    const push = observed.way.newPush();
    const credentials = taskcluster.createTemporaryCredentials({
      credentials: observed.way.deployment.user,
      expiry: new Date(Date.now() + 60_000),
      scopes: ['hooks:trigger-hook:*'],
    });
    const payload = requestsPayload(push, [{ tasks: [aTest(push, 'failed').label] }]);
    await whatever(trigger(observed.way, payload, { credentials }));
    expect(observed.authorizations.join()).toContain('ext=');
    expect(leaks()).toEqual([]);
    expect(observed.lines.join('\n')).not.toContain(credentials.accessToken);
  });

  it.each<[string, Fault[]]>([
    ['the auth service fails', [{ method: 'authenticateHawk', status: 500, times: 10 }]],
    ['the auth service goes away', [{ method: 'authenticateHawk', drop: 'after', times: 10 }]],
    ['reading fails', [{ method: 'getLatestArtifact', status: 500, times: 10 }]],
    ['writing is refused', [{ method: 'createTask', status: 403, times: 10 }]],
    ['our own credentials are refused', [{ method: '*', status: 401, times: 100 }]],
  ])('when %s', async (_what, faults) => {
    const push = observed.way.newPush();
    observed.way.tc.setFaults(faults);
    const payload = requestsPayload(push, [{ tasks: [aTest(push, 'failed').label] }]);
    await whatever(post(observed.way, { body: JSON.stringify(payload) }));
    expect(leaks()).toEqual([]);
  });

  it('of requests with credentials in the wrong places', async () => {
    const { user } = observed.way.deployment;
    const body = JSON.stringify({ accessToken: user.accessToken, credentials: user, decision: user });
    for (const sent of [body, body.slice(0, -1), JSON.stringify(user.accessToken)]) {
      await post(observed.way, { body: sent });
    }
    await post(observed.way, {
      body: '{}',
      authorization: `Hawk id="x", mac="bm90LWEtbWFj", ext="${user.accessToken}"`,
    });
    await post(observed.way, { body: '{}', authorization: null });
    await post(observed.way, { body: '{}', signedPayload: '{"other": 1}' });
    await post(observed.way, { body: '{}', timestamp: 1 });
    expect(leaks()).toEqual([]);
  });

  it('of a token from SSM that is changed, and then cannot be read', async () => {
    for (const [name, value] of Object.entries(ROLE)) vi.stubEnv(name, value);
    const { clientId, accessToken } = observed.way.deployment.trigger;
    const accessTokenParameter = '/retrigger-hooks/test/trigger/access-token';
    observed.deployTrigger({ credentials: { clientId, accessTokenParameter, ssmEndpoint: aws.url } });
    const push = observed.way.newPush();
    const payload = requestsPayload(push, [{ tasks: [aTest(push, 'failed').label] }]);
    await whatever(trigger(observed.way, payload));
    expect(observed.events().some(({ event }) => event === 'unexpected-error')).toBe(true);
    aws.parameters.set(accessTokenParameter, accessToken);
    await trigger(observed.way, payload);
    expect(leaks()).toEqual([]);
  });
});

describe('no secret is in the log of the queued way', () => {
  it.each<[string, Fault[]]>([
    ['goes well', []],
    ['cannot upload', [{ method: 'createArtifact', status: 403, times: 10 }]],
    ['cannot write', [{ method: 'createTask', status: 403, times: 10 }]],
    ['was canceled meanwhile', [{ method: 'createArtifact', status: 409, times: 10 }]],
    ['has its credentials refused', [{ method: 'task', status: 401, times: 10 }]],
    ['cannot be claimed', [{ method: 'claimWork', drop: 'before', times: 10 }]],
  ])('when an action %s', async (_what, faults) => {
    const push = observed.way.newPush();
    await observed.pressQueued(push, [aTest(push, 'failed').label]);
    observed.way.tc.setFaults(faults);
    await observed.runWorker();
    const claimed = observed.way.tc.calls().filter(({ method }) => method === 'claimWork');
    expect(claimed.length).toBeGreaterThan(0);
    expect(leaks()).toEqual([]);
    observed.way.tc.setFaults([]);
    await observed.runWorker();
    expect(observed.events().some((line) => at(line, 'event') === 'polled')).toBe(true);
    expect(leaks()).toEqual([]);
  });
});
