import pLimit from 'p-limit';
import type { readGraph } from '../graph/streamed-graph.ts';
import type { GraphError, TaskGraph } from '../graph/task-graph.ts';
import type { ArtifactContent, DownloadLimits, Reader } from '../ports/reader.ts';
import type { TaskId } from '../tasks/names.ts';

const GRAPH_ARTIFACT = 'public/full-task-graph.json';
/** Firefox's has 164 MB, which a function with 512 MB of memory reads in four seconds. */
const GRAPH_LIMITS: DownloadLimits = { bytes: 512 * 1024 * 1024, ms: 30_000 };

/** The graphs of pushes. Loads the code for graphs only when one is needed. */
export interface Graphs {
  /**
   * @param reader its credentials must allow the read, even if the graph is cached
   * @returns undefined if the decision task has left no graph
   * @throws GraphError, TaskclusterError
   */
  read(decisionTaskId: TaskId, reader: Reader): Promise<TaskGraph | undefined>;
}

/** What was made of one content. That it is no graph is cached too. */
export type KnownGraph = Awaited<ReturnType<typeof readGraph>> | GraphError | undefined;

/** Reads each content once at a time, and caches the result. */
export interface GraphContents {
  get(content: ArtifactContent, read: () => Promise<KnownGraph>): Promise<{ value: KnownGraph }>;
}

/** @param bytes largest graph to read, decompressed */
export function graphsIn(contents: GraphContents, { bytes = GRAPH_LIMITS.bytes } = {}): Graphs {
  // Reading takes a whole core and tens of megabytes; two at once would delay each other.
  const oneAtATime = pLimit(1);
  const limits = { ...GRAPH_LIMITS, bytes };
  return {
    async read(decisionTaskId, reader) {
      const content = await reader.content(decisionTaskId, GRAPH_ARTIFACT);
      if (!content) return undefined;
      const { value: graph } = await contents.get(content, () =>
        oneAtATime(() => readContent(content, limits)),
      );
      if (graph instanceof Error) throw graph;
      return graph;
    },
  };
}

async function readContent(content: ArtifactContent, limits: DownloadLimits): Promise<KnownGraph> {
  const chunks = await content.stream(limits);
  if (!chunks) return undefined;
  const [{ readGraph }, { GraphError }] = await Promise.all([
    import('../graph/streamed-graph.ts'),
    import('../graph/task-graph.ts'),
  ]);
  try {
    return await readGraph(chunks);
  } catch (error) {
    if (error instanceof GraphError) return error;
    throw error;
  }
}

/** For all graphs that a process caches; one of Firefox's size takes 9 MB. */
export const GRAPH_MEMORY = 64 * 1024 * 1024;

/** About how much of it a graph takes. */
export function graphBytes(graph: KnownGraph): number {
  return graph && 'bytes' in graph ? graph.bytes : 0;
}
