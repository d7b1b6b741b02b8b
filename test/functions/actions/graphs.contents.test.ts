import { describe, expect, it } from 'vitest';
import { graphBytes, graphsIn, GRAPH_MEMORY, type KnownGraph } from '../../../functions/actions/graphs.ts';
import { GraphError } from '../../../functions/graph/task-graph.ts';
import type { DownloadLimits } from '../../../functions/ports/reader.ts';
import { DECISION, failedCall } from '../fixtures.ts';
import { emptyPush, readerOf } from './memory-push.ts';

type Stream = (limits: DownloadLimits) => Promise<AsyncIterable<Uint8Array> | undefined>;

/** Reads a graph from these bytes, and returns what would be cached. */
async function readFrom(stream: Stream) {
  const kept: KnownGraph[] = [];
  const graphs = graphsIn({
    get: async (_content, read) => {
      const value = await read();
      kept.push(value);
      return { value };
    },
  });
  const content = { address: undefined, isFinal: () => Promise.resolve(false), stream };
  const reading = graphs.read(DECISION, { ...readerOf(emptyPush()), content: async () => content });
  const settled = await reading.then(
    (graph) => ({ graph, error: undefined }),
    (error: unknown) => ({ graph: undefined, error }),
  );
  return { ...settled, kept };
}

async function* bytesOf(text: string) {
  yield await Promise.resolve(Buffer.from(text));
}

async function* failing(reason: Error) {
  yield await Promise.resolve(Buffer.from('{'));
  throw reason;
}

describe('what is cached of a graph', () => {
  it('is the graph, and its size', async () => {
    const { graph, kept } = await readFrom(async () => bytesOf('{}'));
    expect(kept).toStrictEqual([graph]);
    expect(graphBytes(kept[0])).toBeGreaterThan(5 * 4_096 - 1);
  });

  it('is that storage no longer has it', async () => {
    expect(await readFrom(async () => undefined)).toStrictEqual({
      graph: undefined,
      error: undefined,
      kept: [undefined],
    });
    expect(graphBytes(undefined)).toBe(0);
  });

  it('is that it is not a graph', async () => {
    const { error, kept } = await readFrom(async () => bytesOf('[]'));
    expect(error).toBeInstanceOf(GraphError);
    expect(kept).toStrictEqual([error]);
    expect(graphBytes(kept[0])).toBe(0);
  });

  it('is nothing if it could not be read', async () => {
    const error = failedCall('download', 500);
    expect(await readFrom(async () => failing(error))).toStrictEqual({ graph: undefined, error, kept: [] });
  });
});

it('a graph is read within limits', async () => {
  const asked: DownloadLimits[] = [];
  await readFrom(async (limits) => {
    asked.push(limits);
    return bytesOf('{}');
  });
  expect(asked).toStrictEqual([{ bytes: 536_870_912, ms: 30_000 }]);
  expect(GRAPH_MEMORY).toBe(67_108_864);
});
