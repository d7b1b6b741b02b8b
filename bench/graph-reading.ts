import { fork } from 'node:child_process';
import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';
import { CompressedJson } from '../local/push/compressed-json.ts';
import { generatePush } from '../local/push/generate.ts';
import { startServer } from '../test/support/local-server.ts';
import type { GraphFigures } from './graph-host.ts';

const LABELS = 20_000;

export interface GraphReading {
  /** MB (10^6 bytes). */
  rawMb: number;
  gzippedMb: number;
  /** Decompressing and parsing the whole graph. */
  parse: GraphFigures;
  /** Reading it as the functions do. */
  stream: GraphFigures;
}

/**
 * Reads the graph of a push with 20,000 labels both ways, each time in a new process.
 *
 * @param rounds of both; the quickest time counts
 */
export async function graphReading(rounds: number): Promise<GraphReading> {
  const gzipped = gzippedGraph();
  const server = await startServer((_, response) => {
    const headers = { 'content-encoding': 'gzip', 'content-length': gzipped.length };
    response.writeHead(200, headers).end(gzipped);
  });
  const parsed: GraphFigures[] = [];
  const streamed: GraphFigures[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      parsed.push(await read('parse', server.url));
      streamed.push(await read('stream', server.url));
    }
  } finally {
    await server.close();
  }
  return {
    rawMb: gunzipSync(gzipped).length / 1e6,
    gzippedMb: gzipped.length / 1e6,
    parse: quickest(parsed),
    stream: quickest(streamed),
  };
}

function gzippedGraph(): Buffer {
  const push = generatePush({ size: LABELS, rootUrl: 'http://127.0.0.1', now: new Date() });
  const graph = push.artifacts[push.decisionTaskId]?.['public/full-task-graph.json'];
  if (!(graph instanceof CompressedJson)) throw new Error('the push has no graph');
  return graph.gzipped;
}

async function read(how: 'parse' | 'stream', url: string): Promise<GraphFigures> {
  const child = fork(new URL('./graph-host.ts', import.meta.url), [how, url], {
    // As deployed.
    execArgv: ['--no-deprecation', '--max-semi-space-size=4'],
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`reading the graph (${how}) has ended by itself`);
  });
  const [figures]: GraphFigures[] = await Promise.race([once(child, 'message'), ended]);
  if (!figures) throw new Error('no figures');
  ended.catch(() => undefined);
  return figures;
}

function quickest(figures: readonly GraphFigures[]): GraphFigures {
  const [first] = figures.toSorted((a, b) => a.wallMs - b.wallMs);
  if (!first) throw new Error('at least one round is needed');
  return first;
}
