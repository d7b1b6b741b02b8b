/**
 * Serves the page of the local environment. It has an origin of its own, so what the page asks of Taskcluster is
 * cross-origin, as Treeherder's requests are.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { PageConfig } from './page/config.ts';

export interface PageServer {
  url: string;
  close(): Promise<void>;
}

const path = (file: string): string => fileURLToPath(new URL(`./page/${file}`, import.meta.url));

/**
 * Bundles the page and serves it, with its configuration, on a free port of 127.0.0.1.
 *
 * @throws if the bundle cannot be built
 */
export async function startPageServer(config: PageConfig): Promise<PageServer> {
  const files = new Map([
    ['/', { type: 'text/html; charset=utf-8', content: await readFile(path('index.html'), 'utf8') }],
    ['/page.css', { type: 'text/css; charset=utf-8', content: await readFile(path('page.css'), 'utf8') }],
    ['/page.js', { type: 'text/javascript; charset=utf-8', content: await bundlePage() }],
    ['/config.json', { type: 'application/json', content: JSON.stringify(config) }],
  ]);
  const policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
    `connect-src 'self' ${config.rootUrl} ${config.internalRootUrl}`;
  const server = createServer((request, response) => {
    const file = files.get((request.url ?? '/').split('?')[0] ?? '/');
    if (!file || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
      return;
    }
    response.writeHead(200, {
      'content-type': file.type,
      'cache-control': 'no-store',
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : file.content);
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

/** Taskcluster's browser client signs with Hawk's Node library; the few parts of Node that it calls are stood in for. */
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
