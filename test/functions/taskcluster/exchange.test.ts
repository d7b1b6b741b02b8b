import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { READING_LIMITS, withinBudget } from '../../../functions/platform/reading-budget.ts';
import { TaskclusterClient } from '../../../functions/taskcluster/client.ts';
import { Downloads } from '../../../functions/taskcluster/download.ts';
import { TaskclusterReader } from '../../../functions/taskcluster/reader.ts';
import { ONCE } from '../../../functions/taskcluster/retry.ts';
import { HostileServer, switchProtocol } from '../../support/hostile-server.ts';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const HTML_TYPE = { 'content-type': 'text/html' };
const MEGABYTE = Buffer.alloc(1024 * 1024, 0x20);

let server: HostileServer;
beforeEach(async () => {
  server = await HostileServer.start();
});
afterEach(() => server.stop());

const client = () => new TaskclusterClient({ rootUrl: server.url, timeoutMs: 2_000 });
const call = (answer: RequestListener) => {
  server.answer = answer;
  return client().call('Queue', 'status', ['a'], ONCE);
};

/** Never ends, in pieces. */
const endless =
  (headers: Record<string, string>, piece: Buffer): RequestListener =>
  (_, response) => {
    response.writeHead(200, { ...JSON_TYPE, ...headers });
    const more = () => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', more);
    more();
  };

describe('an answer', () => {
  it.each(['gzip', 'identity'])('is read, if its compression is %s', async (encoding) => {
    const text = JSON.stringify({ status: 'ä' });
    const read = await call((request, response) => {
      expect(request.headers['accept-encoding']).toContain('gzip');
      response
        .writeHead(200, { ...JSON_TYPE, 'content-encoding': encoding })
        .end(encoding === 'gzip' ? gzipSync(text) : text);
    });
    expect(read).toStrictEqual({ status: 'ä' });
  });

  it('is nothing, if the service says that there is none', async () => {
    expect(await call((_, response) => response.writeHead(204).end())).toBeUndefined();
  });

  it('that redirects to an artifact says where it is', async () => {
    const read = await call((_, response) =>
      response.writeHead(303, { ...JSON_TYPE, location: `${server.url}/secret` }).end('{"url": "there"}'),
    );
    expect(read).toStrictEqual({ url: 'there' });
    expect(server.asked).toHaveLength(1);
  });

  it('that goes on for ever is left once it is too large, and not asked for again', async () => {
    server.answer = endless({}, MEGABYTE);
    await expect(client().call('Queue', 'status', ['a'])).rejects.toMatchObject({
      kind: 'unexpected-answer',
      code: 'AnswerTooLarge',
    });
    expect(server.asked).toHaveLength(1);
  });

  it('is bounded by what it has once decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
    const reading = call((_, response) =>
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(bomb),
    );
    await expect(reading).rejects.toMatchObject({ code: 'AnswerTooLarge' });
  });

  it('counts towards what its action may read while it comes', async () => {
    const limits = { ...READING_LIMITS, bytes: 3 * 1024 * 1024 };
    const reading = withinBudget(limits, () => call(endless({}, MEGABYTE)));
    await expect(reading).rejects.toThrow(`takes more than ${limits.bytes} bytes`);
  });

  it('that lists a group is passed over, and bounded as well', async () => {
    server.answer = endless({}, MEGABYTE);
    const reader = new TaskclusterReader(client(), new Downloads(server.url));
    const reading = withinBudget({ ...READING_LIMITS, bytes: 1_000 }, async () => {
      for await (const page of reader.listTaskGroup('a')) expect(page).toBeUndefined();
    });
    await expect(reading).rejects.toMatchObject({
      code: expect.stringMatching(/AnswerTooLarge|ECONNABORTED/),
    });
  });
});

describe('no answer', () => {
  it.each<[string, string, RequestListener]>([
    [
      'breaks off',
      'ECONNRESET',
      (_, response) =>
        void response
          .writeHead(200, { ...JSON_TYPE, 'content-length': 9 })
          .write('{', () => response.destroy()),
    ],
    [
      'breaks off between chunks',
      'ECONNRESET',
      (_, response) => void response.writeHead(200, JSON_TYPE).write('{', () => response.destroy()),
    ],
    ['is not JSON', 'BrokenOff', (_, response) => response.writeHead(200, JSON_TYPE).end('{"status": ')],
    ['is of another type', 'BrokenOff', (_, response) => response.writeHead(200, HTML_TYPE).end('{}')],
    ['is a page elsewhere', 'BrokenOff', (_, response) => response.writeHead(303, HTML_TYPE).end()],
    ['is empty', 'BrokenOff', (_, response) => response.writeHead(200, JSON_TYPE).end()],
    ['switches to another protocol', 'BrokenOff', switchProtocol],
    [
      'has an unknown compression',
      'BrokenOff',
      (_, response) => response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'x' }).end('{}'),
    ],
    [
      'has a compression that every object has',
      'BrokenOff',
      (_, response) => response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'constructor' }).end('{}'),
    ],
    [
      'is compressed wrongly',
      'Z_DATA_ERROR',
      (_, response) => response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end('{}'),
    ],
    ['does not begin', 'ECONNABORTED', () => undefined],
    ['does not end', 'ECONNABORTED', (_, response) => void response.writeHead(200, JSON_TYPE).write('{')],
  ])('is one that %s', async (_, code, answer) => {
    await expect(call(answer)).rejects.toMatchObject({ kind: 'no-answer', code, unanswered: true });
  });
});

describe('an error', () => {
  it.each<[string, number, string, object]>([
    [
      'in the service’s words',
      409,
      '{"code": "RequestConflict", "message": "taken"}',
      { code: 'RequestConflict', message: 'taken' },
    ],
    ['without any', 500, '', { code: 'UnknownError', message: 'Internal Server Error' }],
    ['that is not JSON', 401, '<html>', { code: 'UnknownError', message: 'Authentication Error' }],
    [
      'in the words of something else',
      502,
      '[null]',
      { code: 'UnknownError', message: 'Unknown Server Error' },
    ],
    ...[302, 308].map((redirect): [string, number, string, object] => [
      'of a redirect, which only a proxy answers',
      redirect,
      '{}',
      {
        message: `Taskcluster does not answer with ${redirect} here: is the root URL right?`,
        unanswered: false,
      },
    ]),
    ['longer than anyone reads', 403, ' '.repeat(2_000_000), { code: 'UnknownError' }],
  ])('is told %s', async (_, statusCode, text, expected) => {
    const failing = call((__, response) => response.writeHead(statusCode, JSON_TYPE).end(text));
    await expect(failing).rejects.toMatchObject({ kind: 'error-status', statusCode, ...expected });
  });
});
