import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Credentials } from '../../../local/taskcluster/api.ts';
import { Auth } from '../../../local/treeherder/client.ts';
import { aTest } from '../../support/push-tasks.ts';
import { requestsPayload, trigger } from '../../support/requests.ts';
import { ROLE, startAwsServer, type AwsServer } from './aws-server.ts';
import { Observed } from '../platform/observed.ts';

const PARAMETER = '/retrigger-hooks/test/access-token';

let observed: Observed;
let aws: AwsServer;
beforeAll(async () => {
  observed = await Observed.start();
  aws = await startAwsServer();
});
beforeEach(() => {
  observed.reset();
  aws.requests.length = 0;
  for (const [name, value] of Object.entries(ROLE)) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  await observed.way.stop();
  await aws.close();
});

/** Gives a client a new access token, as an operator does; the old one is useless from then on. */
async function rotate({ clientId }: Credentials): Promise<void> {
  const { rootUrl, credentials } = observed.way.tc;
  const scopes = await new Auth({ rootUrl, credentials }).client(clientId);
  if (typeof scopes !== 'object' || scopes === null || !('scopes' in scopes))
    throw new Error('no such client');
  const held = Array.isArray(scopes.scopes) ? scopes.scopes.map(String) : [];
  aws.parameters.set(PARAMETER, observed.way.tc.createClient(clientId, held).accessToken);
}

function stored({ clientId, accessToken }: Credentials) {
  aws.parameters.set(PARAMETER, accessToken);
  return { clientId, accessTokenParameter: PARAMETER, ssmEndpoint: aws.url };
}

it('the direct way uses a new token after the first refusal, and nobody notices', async () => {
  const own = observed.way.deployment.trigger;
  observed.deployTrigger({ credentials: stored(own) });
  const push = observed.way.newPush();
  const payload = requestsPayload(push, [{ tasks: [aTest(push, 'failed').label] }]);
  await trigger(observed.way, payload);
  expect(aws.requests).toHaveLength(1);

  await rotate(own);
  const before = observed.way.calls('createTask').length;
  await trigger(observed.way, payload);
  expect(aws.requests).toHaveLength(2);
  expect(
    observed.way
      .calls('createTask')
      .slice(before)
      .filter(({ status }) => status === 200),
  ).toHaveLength(1);
  expect(observed.events().find(({ event }) => event === 'credentials-renewed')).toMatchObject({
    changed: 'yes',
  });
});

it('the queued way logs a wrong token, which can be fixed without a deploy', async () => {
  const own = observed.way.deployment.worker;
  const credentials = stored(own);
  await rotate(own);
  aws.parameters.set(PARAMETER, own.accessToken);
  const push = observed.way.newPush();
  const actionTaskId = await observed.pressQueued(push, [aTest(push, 'failed').label]);
  // Only the old token is stored, so nothing is claimed, and the log says why.
  await observed.runWorker({ credentials });
  expect(observed.events().find(({ event }) => event === 'poll-failed')).toMatchObject({ statusCode: 401 });

  await rotate(own);
  await observed.runWorker({ credentials });
  expect(observed.events().find(({ event }) => event === 'resolved')).toMatchObject({
    actionId: actionTaskId,
    resolution: 'completed',
  });
});
