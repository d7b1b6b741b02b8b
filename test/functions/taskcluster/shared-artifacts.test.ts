import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TaskclusterClient } from '../../../functions/taskcluster/client.ts';
import { Downloads } from '../../../functions/taskcluster/download.ts';
import { jsonContents, TaskclusterReader } from '../../../functions/taskcluster/reader.ts';
import { generatePush } from '../../../local/push/generate.ts';
import type { Push } from '../../../local/push/push.ts';
import type { LocalTaskcluster } from '../../../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../../../local/taskcluster/server.ts';
import { Queue } from '../../../local/treeherder/client.ts';
import { change, labelMap } from '../../support/push-tasks.ts';

// What one reader of a process has downloaded, others need not download again, but each asks the queue.
const LABELS = 'public/label-to-taskid.json';
const PRIVATE = 'project/labels.json';

let tc: LocalTaskcluster;
let push: Push;
let contents: ReturnType<typeof jsonContents>;
let seed = 0;

beforeAll(async () => {
  tc = await startLocalTaskcluster();
});
afterAll(() => tc.close());
beforeEach(() => load());

function load(changePush: (push: Push) => void = () => undefined): void {
  push = generatePush({ size: 50, seed: ++seed, rootUrl: tc.rootUrl, now: new Date() });
  push.artifacts[push.decisionTaskId] = {
    ...push.artifacts[push.decisionTaskId],
    [PRIVATE]: { secret: 'label' },
  };
  changePush(push);
  tc.loadPush(push);
  contents = jsonContents();
  tc.clearCalls();
}

/** Each claim has its own reader. */
function reader(authorizedScopes?: string[]): TaskclusterReader {
  const client = new TaskclusterClient({
    rootUrl: tc.rootUrl,
    credentials: tc.credentials,
    ...(authorizedScopes ? { authorizedScopes } : {}),
  });
  return new TaskclusterReader(client, new Downloads(tc.rootUrl), contents);
}

/** The methods called since the last check; `get` is a download. */
function called(): string[] {
  const methods = tc.calls().map(({ method }) => method);
  tc.clearCalls();
  return methods.toSorted();
}

const read = (name = LABELS) => reader().artifact(push.decisionTaskId, name);
const ANEW = ['get', 'getLatestArtifact', 'status'];

describe('an artifact that another reader has read', () => {
  it('costs one small call', async () => {
    expect(await read()).toStrictEqual(labelMap(push));
    expect(called()).toStrictEqual(ANEW);
    expect(await read()).toStrictEqual(labelMap(push));
    expect(called()).toStrictEqual(['getLatestArtifact']);
  });

  it('is not given to readers who may not read it', async () => {
    expect(await read(PRIVATE)).toStrictEqual({ secret: 'label' });
    called();
    const stranger = reader([`queue:status:${push.decisionTaskId}`]);
    await expect(stranger.artifact(push.decisionTaskId, PRIVATE)).rejects.toMatchObject({
      code: 'InsufficientScopes',
    });
    expect(called()).toStrictEqual(['getLatestArtifact']);
  });

  it('is not mixed up with others of the same task', async () => {
    await read();
    called();
    expect(await read('public/actions.json')).toHaveProperty('actions');
    expect(called()).toStrictEqual(ANEW);
  });

  it('is read again once the task has another run', async () => {
    await read();
    const queue = new Queue({ rootUrl: tc.rootUrl, credentials: tc.credentials });
    await queue.rerunTask(push.decisionTaskId);
    called();
    expect(await read()).toBeUndefined();
    expect(called()).toStrictEqual(['getLatestArtifact']);
  });
});

describe('an artifact that may still change', () => {
  it.each(['running', 'failed'] as const)('is read each time if its task is %s', async (state) => {
    load((fresh) => change(fresh, fresh.decisionTaskId, { state }));
    await read();
    await read();
    expect(called()).toStrictEqual([...ANEW, ...ANEW].toSorted());
  });

  it('is cached once its task has completed', async () => {
    load((fresh) => change(fresh, fresh.decisionTaskId, { state: 'running' }));
    await read();
    await new Queue({ rootUrl: tc.rootUrl, credentials: tc.credentials }).reportCompleted(
      push.decisionTaskId,
      0,
    );
    await read();
    called();
    await read();
    expect(called()).toStrictEqual(['getLatestArtifact']);
  });

  it('is read even if its task cannot be', async () => {
    tc.setFaults([{ method: 'status', status: 403 }]);
    expect(await read()).toStrictEqual(labelMap(push));
    expect(await read()).toStrictEqual(labelMap(push));
    tc.setFaults([]);
    expect(called()).toStrictEqual([...ANEW, ...ANEW].toSorted());
  });

  it('is looked up each time if it is missing', async () => {
    for (let again = 0; again < 2; again++) expect(await read('public/none.json')).toBeUndefined();
    expect(called()).toStrictEqual(['getLatestArtifact', 'getLatestArtifact']);
  });
});
