/**
 * A process that only reads one task graph, so that its memory is that of the reading. Arguments: the method (`parse`
 * or `stream`) and the URL of the gzipped graph. Sends GraphFigures to its parent.
 */
import { Downloads } from '../functions/taskcluster/download.ts';
import { peakRssMb } from './peak-rss.ts';

export interface GraphFigures {
  /** From the first request to the parsed entries. */
  wallMs: number;
  /** CPU time of all threads. */
  cpuMs: number;
  /** MB (10^6 bytes). */
  peakRssMb: number;
  labels: number;
  /** Time to read other entries, which were not parsed before; null if everything was parsed. */
  againMs: number | null;
}

const [how, url = ''] = process.argv.slice(2);
const started = performance.now();
const cpu = process.cpuUsage();
const { labels, again } = await (how === 'stream' ? stream() : parse());
const wallMs = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
const figures: GraphFigures = {
  wallMs,
  cpuMs: (user + system) / 1000,
  peakRssMb: peakRssMb(),
  labels,
  againMs: again ? await again() : null,
};
process.send?.(figures);

async function chunks(): Promise<AsyncIterable<Uint8Array>> {
  const limits = { bytes: 512 * 1024 * 1024, ms: 60_000 };
  const found = await new Downloads(url).stream({ storageType: 's3', url }, 'the graph', limits);
  if (!found) throw new Error(`there is nothing at ${url}`);
  return found;
}

async function parse(): Promise<{ labels: number; again?: () => Promise<number> }> {
  const all: Uint8Array[] = [];
  for await (const chunk of await chunks()) all.push(chunk);
  const graph: object = JSON.parse(Buffer.concat(all).toString());
  return { labels: Object.keys(graph).length };
}

async function stream(): Promise<{ labels: number; again?: () => Promise<number> }> {
  const { readGraph } = await import('../functions/graph/streamed-graph.ts');
  const graph = await readGraph(await chunks());
  const all = [...graph.labels()];
  const tests = all.filter((label) => label.startsWith('test-'));
  await graph.entries(graph.closure(tests.slice(0, 1)));
  return {
    labels: all.length,
    again: async () => {
      const begun = performance.now();
      await graph.entries(graph.closure(tests.slice(-1)));
      return performance.now() - begun;
    },
  };
}
