import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { graphBytes, graphsIn, GRAPH_MEMORY, type Graphs } from '../../../functions/actions/graphs.ts';
import { GraphError } from '../../../functions/graph/task-graph.ts';
import { TaskclusterClient } from '../../../functions/taskcluster/client.ts';
import { ContentCache } from '../../../functions/taskcluster/content-cache.ts';
import { Downloads } from '../../../functions/taskcluster/download.ts';
import { TaskclusterReader } from '../../../functions/taskcluster/reader.ts';
import { generatePush } from '../../../local/push/generate.ts';
import type { Push } from '../../../local/push/push.ts';
import type { Call, LocalTaskcluster } from '../../../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../../../local/taskcluster/server.ts';
import { change } from '../../support/push-tasks.ts';

const GRAPH = 'public/full-task-graph.json';

let tc: LocalTaskcluster;
let push: Push;
let graphs: Graphs;
let seed = 0;

beforeAll(async () => {
  tc = await startLocalTaskcluster();
});
afterAll(() => tc.close());
beforeEach(() => load());

function load(changePush: (push: Push) => void = () => undefined): void {
  push = generatePush({ size: 50, seed: ++seed, rootUrl: tc.rootUrl, now: new Date() });
  changePush(push);
  tc.loadPush(push);
  graphs = graphsIn(new ContentCache(GRAPH_MEMORY, graphBytes));
  tc.clearCalls();
}

/** Reads as each action does, with its own reader. */
const read = (from = graphs) => {
  const client = new TaskclusterClient({ rootUrl: tc.rootUrl, credentials: tc.credentials });
  return from.read(push.decisionTaskId, new TaskclusterReader(client, new Downloads(tc.rootUrl)));
};

const downloads = (): Call[] => tc.calls().filter(({ service }) => service === 'artifact-data');

/** The methods called since the last check; `get` is a download. */
function called(): string[] {
  const methods = tc.calls().map(({ method }) => method);
  tc.clearCalls();
  return methods.toSorted();
}

describe('the graph of a push', () => {
  it('is downloaded once, but requested from the queue each time', async () => {
    const graph = await read();
    expect([...(graph?.closure(['build-linux64/opt']) ?? [])]).toContain('docker-image-debian12-amd64-build');
    expect(called()).toStrictEqual(['get', 'getLatestArtifact', 'status']);
    expect(await read()).toBe(graph);
    expect(called()).toStrictEqual(['getLatestArtifact']);
  });

  it('is not given to callers whom the queue refuses, even if it is cached', async () => {
    await read();
    tc.setFaults([{ method: 'getLatestArtifact', status: 403 }]);
    await expect(read()).rejects.toMatchObject({ statusCode: 403 });
    tc.setFaults([]);
  });

  it('is downloaded once for concurrent actions', async () => {
    const read10 = await Promise.all(Array.from({ length: 10 }, () => read()));
    expect(new Set(read10).size).toBe(1);
    expect(called().filter((method) => method === 'get')).toHaveLength(1);
  });

  it('is downloaded again for each action if it may still change', async () => {
    load((fresh) => change(fresh, fresh.decisionTaskId, { state: 'running' }));
    tc.setLatency(20);
    await Promise.all(Array.from({ length: 4 }, () => read()));
    tc.setLatency(0);
    const inOrder = downloads().toSorted((a, b) => a.startMs - b.startMs);
    expect(inOrder).toHaveLength(4);
    for (const [nth, { startMs }] of inOrder.entries())
      expect(startMs).toBeGreaterThanOrEqual(inOrder[nth - 1]?.endMs ?? 0);
  });

  it('is looked up each time if there is none', async () => {
    load((fresh) => delete fresh.artifacts[fresh.decisionTaskId]?.[GRAPH]);
    expect([await read(), await read()]).toStrictEqual([undefined, undefined]);
    expect(called()).toStrictEqual(['getLatestArtifact', 'getLatestArtifact']);
  });

  it('is not downloaded again if it was no graph', async () => {
    load((fresh) => Object.assign(fresh.artifacts[fresh.decisionTaskId] ?? {}, { [GRAPH]: { a: [] } }));
    await expect(read()).rejects.toThrow(GraphError);
    called();
    await expect(read()).rejects.toThrow(GraphError);
    expect(called()).toStrictEqual(['getLatestArtifact']);
  });

  it('is not read beyond a limit', async () => {
    const bounded = graphsIn(new ContentCache(GRAPH_MEMORY, graphBytes), { bytes: 10_000 });
    await expect(read(bounded)).rejects.toMatchObject({ code: 'ArtifactTooLarge' });
  });
});
