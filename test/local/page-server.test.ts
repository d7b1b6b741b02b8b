import { request } from 'node:http';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { startEnvironment } from '../../local/environment.ts';
import { startPageServer } from '../../local/page-server.ts';

it.each(['//', '/no/such/file', '*'])('answers 404 to %s', async (path) => {
  const environment = await startEnvironment({ port: 0, latencyMs: 0, push: { size: 50 }, functions: false });
  const server = await startPageServer(environment, environment.deployment.user);
  try {
    const sent = request(server.url, { path });
    sent.end();
    const [response] = await once(sent, 'response');
    response.resume();
    expect(response.statusCode).toBe(404);
  } finally {
    await server.close();
    await environment.stop();
  }
});
