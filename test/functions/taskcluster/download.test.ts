import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Downloads } from '../../../functions/taskcluster/download.ts';
import { HostileServer, switchProtocol } from '../../support/hostile-server.ts';

const LIMITS = { bytes: 100_000, ms: 5_000 };
/** A deployment somewhere on the internet (TEST-NET-1, an unused network). */
const ELSEWHERE = 'http://192.0.2.1';

let server: HostileServer;
beforeEach(async () => {
  server = await HostileServer.start();
});
afterEach(() => server.stop());

const s3 = (url: string) => ({ storageType: 's3', url });
const json = (answer: unknown, limits = LIMITS, downloads = new Downloads(server.url)) =>
  downloads.json(answer, 'public/x.json', limits);

describe('where artifacts are read', () => {
  it.each(['s3', 'object'])('reads what is stored as %s', async (storageType) => {
    expect(await json({ storageType, url: `${server.url}/a` })).toStrictEqual({});
  });

  it.each(['reference', 'link', 'error', 'azure'])('sends no request for a %s', async (storageType) => {
    await expect(json({ storageType, url: `${server.url}/secret` })).rejects.toMatchObject({
      code: 'UntrustedArtifact',
      message:
        'public/x.json is not trusted: it is stored outside of the deployment; only s3 and object are read',
    });
    expect(server.asked).toStrictEqual([]);
  });

  it('reads references only from hosts that the operator has listed', async () => {
    const downloads = new Downloads(server.url, [`127.0.0.1:${server.port}`]);
    const reference = { storageType: 'reference', url: `${server.url}/named` };
    expect(await json(reference, LIMITS, downloads)).toStrictEqual({});
    const other = { storageType: 'reference', url: `http://localhost:${server.port}/other` };
    await expect(json(other, LIMITS, downloads)).rejects.toMatchObject({ code: 'UntrustedArtifact' });
    expect(server.asked).toStrictEqual(['/named']);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %d', async (status) => {
    const inside = await HostileServer.start();
    server.answer = (_request, response) => response.writeHead(status, { location: inside.url }).end();
    await expect(json(s3(server.url))).rejects.toMatchObject({
      code: 'UntrustedArtifact',
      message: 'public/x.json is not trusted: its storage redirects elsewhere',
    });
    expect(inside.asked).toStrictEqual([]);
    await inside.stop();
  });

  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '0x7f.1', '2130706433', '0177.0.0.1'])(
    'is never at %s, unless the deployment is there too',
    async (host) => {
      await expect(
        json(s3(`http://${host}:${server.port}/`), LIMITS, new Downloads(ELSEWHERE)),
      ).rejects.toMatchObject({
        code: 'UntrustedArtifact',
        message: expect.stringContaining('a loopback address'),
      });
      expect(server.asked).toStrictEqual([]);
    },
  );

  it.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'not a URL'])('is never %s', async (url) => {
    await expect(json(s3(url))).rejects.toMatchObject({ code: 'UntrustedArtifact' });
  });

  it('is never plain http if the deployment uses https, and never has credentials in its URL', async () => {
    const secure = new Downloads('https://tc.example.com');
    await expect(json(s3('http://8.8.8.8/'), LIMITS, secure)).rejects.toMatchObject({
      code: 'UntrustedArtifact',
    });
    const url = `http://user:word@127.0.0.1:${server.port}/`;
    await expect(json(s3(url))).rejects.toMatchObject({ code: 'UntrustedArtifact' });
    expect(server.asked).toStrictEqual([]);
  });
});

describe('how much is read', () => {
  it('counts bytes after decompression, and stops there', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    server.answer = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': bomb.length }).end(bomb);
    const stream = await new Downloads(server.url).stream(s3(server.url), 'public/x.json', LIMITS);
    let bytes = 0;
    const read = async () => {
      for await (const chunk of stream ?? []) bytes += chunk.length;
    };
    await expect(read()).rejects.toMatchObject({ code: 'ArtifactTooLarge' });
    expect(bytes).toBeLessThanOrEqual(LIMITS.bytes);
  });

  it('cuts off a body that never ends, without a content-length', async () => {
    const left = Promise.withResolvers<void>();
    server.answer = (_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(10_000, ' ')));
      };
      response.on('drain', more).on('close', left.resolve);
      more();
    };
    await expect(json(s3(server.url))).rejects.toMatchObject({ code: 'ArtifactTooLarge' });
    await left.promise;
  });

  it.each([
    ['that never starts', () => undefined],
    ['that stops midway', (write: () => void) => write()],
  ])('waits no longer than it may for an answer %s', async (_, begin) => {
    const left = Promise.withResolvers<void>();
    server.answer = (_request, response) => {
      response.on('close', left.resolve);
      begin(() => response.write('{'));
    };
    // It may come in time when it is asked for again.
    await expect(json(s3(server.url), { bytes: 100, ms: 500 })).rejects.toMatchObject({
      code: 'DownloadTimedOut',
      lasting: false,
    });
    await left.promise;
  });

  it('ends a download when its reader leaves', async () => {
    const left = Promise.withResolvers<void>();
    server.answer = (_request, response) => {
      response.on('close', left.resolve);
      response.write('{');
    };
    const stream = await new Downloads(server.url).stream(s3(server.url), 'public/x.json', LIMITS);
    let chunks = 0;
    for await (const _ of stream ?? []) {
      chunks++;
      break;
    }
    await left.promise;
    expect(chunks).toBe(1);
  });
});

describe('what is read', () => {
  it.each(['gzip', 'identity', undefined])('is decompressed (%s)', async (encoding) => {
    const body = Buffer.from('{"a":1}');
    server.answer = (_request, response) =>
      response
        .writeHead(200, encoding ? { 'content-encoding': encoding } : {})
        .end(encoding === 'gzip' ? gzipSync(body) : body);
    expect(await json(s3(server.url))).toStrictEqual({ a: 1 });
  });

  it.each([
    ['no JSON', 'password=wJalr'],
    ['JSON that is too deep', '['.repeat(20_000) + ']'.repeat(20_000)],
    ['deep beside strings that hide it', `{"[[\\"":${'['.repeat(101)}${']'.repeat(101)}}`],
  ])('may be %s: the error names the artifact and nothing of its content', async (_, body) => {
    server.answer = (_request, response) => response.end(body);
    const error: unknown = await json(s3(server.url)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'MalformedArtifact',
    });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).toMatch(
      /^TaskclusterError: public\/x\.json: (it is not JSON|JSON is nested deeper)/,
    );
  });

  it.each([
    ['a lie about its encoding', { 'content-encoding': 'gzip' }],
    ['an unknown encoding', { 'content-encoding': 'gzip, gzip' }],
  ])('may have %s', async (_, headers) => {
    server.answer = (_request, response) => response.writeHead(200, headers).end('{}');
    await expect(json(s3(server.url))).rejects.toMatchObject({
      code: 'MalformedArtifact',
    });
  });

  it('may have been cut off, which is worth a retry', async () => {
    server.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy());
    };
    await expect(json(s3(server.url))).rejects.toMatchObject({ kind: 'no-answer', code: 'DownloadFailed' });
  });

  it('may be an answer in another protocol, which ends the download', async () => {
    server.answer = switchProtocol;
    await expect(json(s3(server.url))).rejects.toMatchObject({ kind: 'no-answer', code: 'DownloadFailed' });
  });

  it.each([403, 404])('is absent if storage answers %d', async (status) => {
    server.answer = (_request, response) => response.writeHead(status).end();
    expect(await json(s3(server.url))).toBeUndefined();
  });
});
