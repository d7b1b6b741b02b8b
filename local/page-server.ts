/**
 * Serves the page of the local environment. It has its own origin, so the page's requests to Taskcluster are
 * cross-origin, as Treeherder's are.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Environment } from './environment.ts';
import { newLabels } from './new-job.ts';
import type { PageConfig } from './page/config.ts';
import { jobRows } from './page/job-rows.ts';
import { PushJobs } from './push-jobs.ts';
import type { Credentials } from './taskcluster/api.ts';

export interface PageServer {
  url: string;
  close(): Promise<void>;
}

interface Answer {
  type: string;
  content: string;
}

const fixed = (type: string, content: string) => (): Answer => ({ type, content });
const json = (value: unknown): Answer => ({ type: 'application/json', content: JSON.stringify(value) });
const path = (file: string): string => fileURLToPath(new URL(`./page/${file}`, import.meta.url));

/**
 * Bundles the page and serves it, with the jobs of the environment's push, on a free port of 127.0.0.1.
 *
 * @param credentials of the developer who is signed in
 * @throws if the bundle cannot be built
 */
export async function startPageServer(
  environment: Environment,
  credentials: Credentials,
): Promise<PageServer> {
  const { taskcluster, push, hook } = environment;
  const { rootUrl, internalRootUrl } = taskcluster;
  const { decisionTaskId } = push;
  const config: PageConfig = { rootUrl, internalRootUrl, credentials, decisionTaskId, hook };
  const jobs = new PushJobs(taskcluster, decisionTaskId);
  const files = new Map<string, (query: URLSearchParams) => Answer>([
    ['/', fixed('text/html; charset=utf-8', await readFile(path('index.html'), 'utf8'))],
    ['/page.css', fixed('text/css; charset=utf-8', await readFile(path('page.css'), 'utf8'))],
    ['/page.js', fixed('text/javascript; charset=utf-8', await bundlePage())],
    ['/config.json', () => json(config)],
    ['/new-labels.json', () => json(newLabels(push))],
    ['/jobs.json', (query) => json(jobRows(jobs.list(), Number(query.get('from')) || 0))],
    ['/forward.json', (query) => json(environment.forwards.find(query.get('taskId') ?? '') ?? {})],
  ]);
  const policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
    `connect-src 'self' ${rootUrl} ${internalRootUrl}`;
  const server = createServer((request, response) => {
    // Not every request target is a URL: `//` is none.
    const url = URL.parse(request.url ?? '/', 'http://127.0.0.1');
    const file = url && files.get(url.pathname);
    if (!file || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
      return;
    }
    const { type, content } = file(url.searchParams);
    response.writeHead(200, {
      'content-type': type,
      'cache-control': 'no-store',
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the page server has no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Taskcluster's browser client signs with Hawk's Node library; small stand-ins replace the few parts of Node that it
 * calls.
 */
async function bundlePage(): Promise<string> {
  const result = await build({
    entryPoints: [path('main.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2024',
    minify: true,
    legalComments: 'none',
    alias: {
      assert: path('node/assert.cjs'),
      crypto: path('node/crypto.ts'),
      stream: path('node/stream.ts'),
      url: path('node/url.ts'),
      'taskcluster-client': path('node/taskcluster-client.ts'),
    },
    define: { Buffer: 'Uint8Array' },
    logLevel: 'warning',
  });
  return result.outputFiles[0]?.text ?? '';
}
