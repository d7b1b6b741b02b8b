import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Push } from '../../../local/push/push.ts';
import { Queue } from '../../../local/treeherder/client.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { HostileServer } from '../../support/hostile-server.ts';
import { at } from '../../support/json.ts';
import { aTest, change, labelMap } from '../../support/push-tasks.ts';
import { requestsPayload, trigger } from '../../support/requests.ts';

const way = useDirectWay();
const LABELS = 'public/label-to-taskid.json';
const SECRET = 'wJalrXUtnFEMI/K7MDENG';

let inside: HostileServer;
beforeEach(async () => {
  inside = await HostileServer.start();
  inside.answer = (_request, response) => response.end(JSON.stringify({ SecretAccessKey: SECRET }));
});
afterEach(() => inside.stop());

/** A push whose decision task is still running, which whoever pushed can arrange, and has no labels yet. */
function unfinishedPush(): Push {
  return way().newPush((push) => {
    change(push, push.decisionTaskId, { state: 'running' });
    delete push.artifacts[push.decisionTaskId]?.[LABELS];
  });
}

const createArtifact = (taskId: string, artifact: Record<string, string>) =>
  new Queue({ rootUrl: way().tc.rootUrl, credentials: way().tc.credentials }).createArtifact(
    taskId,
    0,
    LABELS,
    {
      contentType: 'application/json',
      expires: new Date(Date.now() + 3_600_000).toJSON(),
      ...artifact,
    },
  );

/** The log record of the forward. Checks that nothing else was done, and that the log has nothing of what was read. */
function forwarded(): unknown {
  const [triggered, ...others] = way().writes();
  expect(others).toStrictEqual([]);
  expect(triggered).toMatchObject({ method: 'triggerHook', status: 200 });
  expect(JSON.stringify(way().records)).not.toContain(SECRET.slice(0, 8));
  return way().records.find(({ event }) => event === 'action-forwarded');
}

describe('a label map', () => {
  it('is not requested if it is a reference: whoever pushed chooses its URL', async () => {
    const push = unfinishedPush();
    await createArtifact(push.decisionTaskId, {
      storageType: 'reference',
      url: `${inside.url}/latest/meta-data`,
    });
    await trigger(way(), requestsPayload(push, [{ tasks: ['SecretAccessKey'] }]));
    expect(inside.asked).toStrictEqual([]);
    expect(forwarded()).toMatchObject({
      because: 'unreadable',
      reason: `download: UntrustedArtifact: ${LABELS} is not trusted: it is stored outside of the deployment; only s3 and object are read`,
    });
  });

  it.each([
    ['words', { SecretAccessKey: SECRET }],
    ['no strings', { SecretAccessKey: { nested: SECRET } }],
    ['a list', [SECRET]],
  ])('is taken for none if its values are %s and not taskIds', async (_, content) => {
    const push = way().newPush((fresh) => {
      fresh.artifacts[fresh.decisionTaskId] = { ...fresh.artifacts[fresh.decisionTaskId], [LABELS]: content };
    });
    await trigger(way(), requestsPayload(push, [{ tasks: ['SecretAccessKey'] }]));
    expect(forwarded()).toMatchObject({
      because: 'unreadable',
      reason: `download: MalformedArtifact: ${LABELS} is not a map from labels to taskIds`,
    });
  });

  it('of an action follows the same rule', async () => {
    const push = way().newPush();
    const actions = Object.keys(push.artifacts).filter((taskId) => taskId !== push.decisionTaskId);
    for (const taskId of actions) labelMap(push, taskId)['SecretAccessKey'] = SECRET;
    expect(actions).not.toHaveLength(0);
    await trigger(way(), requestsPayload(push, [{ tasks: [aTest(push).label] }]));
    expect(forwarded()).toMatchObject({
      because: 'unreadable',
      reason: `download: MalformedArtifact: ${LABELS} is not a map from labels to taskIds`,
    });
  });

  it('is not read to its end if it is a gigabyte once decompressed', async () => {
    const push = unfinishedPush();
    const answer = await createArtifact(push.decisionTaskId, { storageType: 's3' });
    // Consecutive gzip members form one text.
    const member = gzipSync(Buffer.alloc(32 * 1024 * 1024, ' '));
    const put = await fetch(String(at(answer, 'putUrl')), {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: Buffer.concat(Array.from({ length: 32 }, () => member)),
    });
    expect(put.status).toBe(200);
    const before = process.memoryUsage.rss();
    await trigger(way(), requestsPayload(push, [{ tasks: [aTest(push).label] }]));
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 * 1024);
    expect(forwarded()).toMatchObject({
      because: 'unreadable',
      reason: `download: ArtifactTooLarge: ${LABELS} is larger than 16777216 bytes`,
    });
  });
});
