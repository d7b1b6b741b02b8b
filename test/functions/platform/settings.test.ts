import { describe, expect, it } from 'vitest';
import {
  loadTriggerSettings,
  loadWorkerSettings,
  SettingsError,
  type Env,
} from '../../../functions/platform/settings.ts';

const ENV = {
  TASKCLUSTER_ROOT_URL: 'https://tc.example.com',
  TASKCLUSTER_CLIENT_ID: 'project/retrigger/trigger',
  TASKCLUSTER_ACCESS_TOKEN: 'very-secret',
};

function problems(env: Record<string, string | undefined>, load: (env: Env) => object = loadTriggerSettings) {
  try {
    load(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
}

describe('loadTriggerSettings', () => {
  it('needs but a Taskcluster and a client', () => {
    expect(loadTriggerSettings(ENV)).toEqual({
      rootUrl: 'https://tc.example.com',
      credentials: { clientId: 'project/retrigger/trigger', accessToken: 'very-secret' },
      publicUrls: [new URL('https://tc.example.com')],
      hooksRootUrl: 'https://tc.example.com',
      switchedOff: new Set(),
    });
  });

  it('reads all that can be set', () => {
    const settings = loadTriggerSettings({
      ...ENV,
      TASKCLUSTER_ROOT_URL: ' https://tc.example.com/ ',
      HOOKS_ROOT_URL: 'http://hooks.internal:8080/',
      PUBLIC_URLS: 'https://one.example.com, https://two.example.com:8443,',
      SWITCHED_OFF: 'gecko-1,mozilla-vpn-3',
    });
    expect(settings).toMatchObject({
      rootUrl: 'https://tc.example.com',
      hooksRootUrl: 'http://hooks.internal:8080',
      publicUrls: [new URL('https://one.example.com'), new URL('https://two.example.com:8443')],
      switchedOff: new Set(['gecko-1', 'mozilla-vpn-3']),
    });
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(loadTriggerSettings(ENV))).toBe(true);
  });

  it('says all that is wrong at once', () => {
    const wrong = {
      HOOKS_ROOT_URL: 'nowhere',
      PUBLIC_URLS: 'https://ok.example.com,x,ftp://y',
      SWITCHED_OFF: 'gecko,x-4',
    };
    expect(problems(wrong)).toEqual([
      '- TASKCLUSTER_ROOT_URL is missing',
      '- TASKCLUSTER_CLIENT_ID is missing',
      '- TASKCLUSTER_ACCESS_TOKEN is missing',
      '- SWITCHED_OFF is a list of <trust domain>-<level>, as gecko-1; this is none: gecko',
      '- SWITCHED_OFF is a list of <trust domain>-<level>, as gecko-1; this is none: x-4',
      '- PUBLIC_URLS is not an http(s) URL: x',
      '- PUBLIC_URLS is not an http(s) URL: ftp://y',
      '- HOOKS_ROOT_URL is not an http(s) URL: nowhere',
    ]);
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ['empty', { TASKCLUSTER_CLIENT_ID: '' }, '- TASKCLUSTER_CLIENT_ID is missing'],
    ['blank', { TASKCLUSTER_ACCESS_TOKEN: '  ' }, '- TASKCLUSTER_ACCESS_TOKEN is missing'],
    ['undefined', { TASKCLUSTER_ROOT_URL: undefined }, '- TASKCLUSTER_ROOT_URL is missing'],
    ['no URL', { TASKCLUSTER_ROOT_URL: 'tc' }, '- TASKCLUSTER_ROOT_URL is not an http(s) URL: tc'],
    [
      'of another scheme',
      { TASKCLUSTER_ROOT_URL: 'file:///x' },
      '- TASKCLUSTER_ROOT_URL is not an http(s) URL: file:///x',
    ],
  ])('takes nothing that is %s', (_what, changes, problem) => {
    expect(problems({ ...ENV, ...changes })).toEqual([problem]);
  });

  it('says nothing secret', () => {
    const said = problems({ ...ENV, TASKCLUSTER_ROOT_URL: '' }).join('\n');
    expect(said).not.toContain('very-secret');
  });
});

describe('loadWorkerSettings', () => {
  const WORKER = {
    ...ENV,
    TASK_QUEUES: 'gecko-1/retrigger, gecko-3/retrigger',
    AWS_LAMBDA_FUNCTION_NAME: 'worker',
  };

  it('needs the queues and its own name besides', () => {
    expect(loadWorkerSettings(WORKER)).toEqual({
      rootUrl: 'https://tc.example.com',
      credentials: { clientId: 'project/retrigger/trigger', accessToken: 'very-secret' },
      switchedOff: new Set(),
      taskQueueIds: ['gecko-1/retrigger', 'gecko-3/retrigger'],
      workerGroup: 'retrigger-hooks',
      workerId: 'worker',
      maxDrains: 4,
      functionName: 'worker',
      lambdaEndpoint: undefined,
    });
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ TASK_QUEUES: ' ' }, /^- TASK_QUEUES is missing$/],
    [{ TASK_QUEUES: 'gecko-1/retrigger,gecko/retrigger' }, /^- TASK_QUEUES .*: gecko\/retrigger$/],
    [{ WORKER_GROUP: 'a b' }, /^- WORKER_GROUP does not match .*: a b$/],
    [{ WORKER_ID: 'x'.repeat(39) }, /^- WORKER_ID does not match /],
    [{ MAX_DRAINS: '-1' }, /^- MAX_DRAINS does not match .*: -1$/],
    [{ AWS_LAMBDA_FUNCTION_NAME: '' }, /^- AWS_LAMBDA_FUNCTION_NAME is missing$/],
  ])('does not take %j', (changes, problem) => {
    expect(problems({ ...WORKER, ...changes }, loadWorkerSettings)).toEqual([expect.stringMatching(problem)]);
  });
});
