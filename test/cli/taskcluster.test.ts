import { describe, expect, it } from 'vitest';
import { CommandError, UsageError } from '../../cli/command.ts';
import { readCredentials, readRootUrl } from '../../cli/taskcluster.ts';

const HERE = 'https://tc.example.com';

describe('the root URL', () => {
  it('is that of the option, else that of the environment', () => {
    expect(readRootUrl('http://localhost:8080', { TASKCLUSTER_ROOT_URL: 'x' })).toBe('http://localhost:8080');
    expect(readRootUrl(undefined, { TASKCLUSTER_ROOT_URL: HERE })).toBe(HERE);
    expect(readRootUrl(undefined, { TASKCLUSTER_ROOT_URL: '' })).toBeUndefined();
    expect(readRootUrl(undefined, {})).toBeUndefined();
  });

  it.each(['', 'tc.example.com', 'localhost:8080', 'ftp://tc.example.com'])('cannot be %j', (text) => {
    expect(() => readRootUrl(text, { TASKCLUSTER_ROOT_URL: HERE })).toThrow(
      new UsageError(`--root-url ${text} is not an http(s) URL.`),
    );
    if (text === '') return;
    expect(() => readRootUrl(undefined, { TASKCLUSTER_ROOT_URL: text })).toThrow(
      new CommandError(`TASKCLUSTER_ROOT_URL is not an http(s) URL: ${text}`),
    );
  });
});

describe('the credentials', () => {
  const [clientId, accessToken, certificate] = ['me', 'secret', '{}'];
  it('are those of the environment, complete', () => {
    const both = { TASKCLUSTER_CLIENT_ID: clientId, TASKCLUSTER_ACCESS_TOKEN: accessToken };
    expect(readCredentials(both)).toStrictEqual({ clientId, accessToken });
    expect(readCredentials({ ...both, TASKCLUSTER_CERTIFICATE: certificate })).toStrictEqual({
      clientId,
      accessToken,
      certificate,
    });
    expect(readCredentials({ TASKCLUSTER_CLIENT_ID: '', TASKCLUSTER_ACCESS_TOKEN: '' })).toBeUndefined();
  });

  it('are not half there', () => {
    expect(() => readCredentials({ TASKCLUSTER_CLIENT_ID: clientId })).toThrow(
      new CommandError('TASKCLUSTER_CLIENT_ID is set, but TASKCLUSTER_ACCESS_TOKEN is not.'),
    );
    expect(() => readCredentials({ TASKCLUSTER_ACCESS_TOKEN: accessToken })).toThrow(
      new CommandError('TASKCLUSTER_ACCESS_TOKEN is set, but TASKCLUSTER_CLIENT_ID is not.'),
    );
  });
});
