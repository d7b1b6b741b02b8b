import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../../functions/platform/setting-declarations.ts';
import {
  loadServeSettings,
  loadTriggerSettings,
  loadWorkerSettings,
  SettingsError,
} from '../../../functions/platform/settings.ts';

const ENV = {
  TASKCLUSTER_ROOT_URL: 'https://tc.example.com',
  TASKCLUSTER_CLIENT_ID: 'project/retrigger/trigger',
  TASKCLUSTER_ACCESS_TOKEN: 'very-secret',
};

function problems(
  env: Record<string, string | undefined>,
  load: (env: Record<string, string | undefined>) => unknown = loadTriggerSettings,
): string[] {
  try {
    load(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
}

describe('loadTriggerSettings', () => {
  it('needs only a Taskcluster and a client', () => {
    expect(loadTriggerSettings(ENV)).toEqual({
      stage: 'local',
      rootUrl: 'https://tc.example.com',
      credentials: { clientId: 'project/retrigger/trigger', accessToken: 'very-secret' },
      publicUrls: [new URL('https://tc.example.com')],
      hooksRootUrl: 'https://tc.example.com',
      killSwitch: new Set(),
      fastActions: new Map(),
      artifactHosts: [],
      graphBytes: 512 * 1024 * 1024,
    });
  });

  it('reads everything that can be set', () => {
    const settings = loadTriggerSettings({
      ...ENV,
      TASKCLUSTER_ROOT_URL: ' https://tc.example.com/ ',
      HOOKS_ROOT_URL: 'http://hooks.internal:8080/',
      PUBLIC_URLS: 'https://one.example.com, https://two.example.com:8443,',
      KILL_SWITCH: 'gecko-1,mozilla-vpn-3',
      FAST_ACTIONS: 'gecko/cancel, gecko/cancel-all,mozilla-vpn/graph',
      ARTIFACT_HOSTS: 'artifacts.example.com, artifacts.example.com:8443',
      GRAPH_MAX_MB: '64',
      STAGE: 'level1',
    });
    expect(settings).toMatchObject({
      rootUrl: 'https://tc.example.com',
      hooksRootUrl: 'http://hooks.internal:8080',
      publicUrls: [new URL('https://one.example.com'), new URL('https://two.example.com:8443')],
      killSwitch: new Set(['gecko-1', 'mozilla-vpn-3']),
      fastActions: new Map([
        ['gecko', new Set(['cancel', 'cancel-all'])],
        ['mozilla-vpn', new Set(['graph'])],
      ]),
      artifactHosts: ['artifacts.example.com', 'artifacts.example.com:8443'],
      graphBytes: 64 * 1024 * 1024,
      stage: 'level1',
    });
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(loadTriggerSettings(ENV))).toBe(true);
  });

  it('reports all problems at once', () => {
    const wrong = {
      HOOKS_ROOT_URL: 'nowhere',
      PUBLIC_URLS: 'https://ok.example.com,x,ftp://y',
      KILL_SWITCH: 'gecko,x-4',
      FAST_ACTIONS: 'gecko/backfill,gecko-3/cancel,cancel',
    };
    expect(problems(wrong)).toEqual([
      '- TASKCLUSTER_ROOT_URL is missing',
      '- TASKCLUSTER_CLIENT_ID is missing',
      '- give exactly one of TASKCLUSTER_ACCESS_TOKEN_PARAMETER (on AWS), TASKCLUSTER_ACCESS_TOKEN_FILE (in containers) and TASKCLUSTER_ACCESS_TOKEN',
      '- KILL_SWITCH is a list of <trust domain>-<level>, as gecko-1; this entry is not one: gecko',
      '- KILL_SWITCH is a list of <trust domain>-<level>, as gecko-1; this entry is not one: x-4',
      expect.stringMatching(
        /^- FAST_ACTIONS is a list of .* as gecko\/cancel; this entry is not one: gecko\/backfill$/,
      ),
      expect.stringMatching(/this entry is not one: cancel$/),
      '- PUBLIC_URLS is not an http(s) URL: x',
      '- PUBLIC_URLS is not an http(s) URL: ftp://y',
      '- HOOKS_ROOT_URL is not an http(s) URL: nowhere',
    ]);
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ['empty', { TASKCLUSTER_CLIENT_ID: '' }, '- TASKCLUSTER_CLIENT_ID is missing'],
    ['blank', { TASKCLUSTER_CLIENT_ID: '  ' }, '- TASKCLUSTER_CLIENT_ID is missing'],
    ['undefined', { TASKCLUSTER_ROOT_URL: undefined }, '- TASKCLUSTER_ROOT_URL is missing'],
    ['no URL', { TASKCLUSTER_ROOT_URL: 'tc' }, '- TASKCLUSTER_ROOT_URL is not an http(s) URL: tc'],
    [
      'of another scheme',
      { TASKCLUSTER_ROOT_URL: 'file:///x' },
      '- TASKCLUSTER_ROOT_URL is not an http(s) URL: file:///x',
    ],
    [
      'a URL with a path',
      { TASKCLUSTER_ROOT_URL: 'https://proxy.example.com/tc' },
      '- TASKCLUSTER_ROOT_URL has more than https://proxy.example.com in it',
    ],
    [
      'a URL with a password',
      { HOOKS_ROOT_URL: 'https://me:very-secret@tc.example.com' },
      '- HOOKS_ROOT_URL has more than https://tc.example.com in it',
    ],
    [
      'a URL with a stage',
      { PUBLIC_URLS: 'https://one.example.com,https://api.example.com/level1' },
      '- PUBLIC_URLS has more than https://api.example.com in it',
    ],
  ])('takes nothing that is %s', (_what, changes, problem) => {
    expect(problems({ ...ENV, ...changes })).toEqual([problem]);
  });

  it('accepts where the token is stored instead of the token, but not both', () => {
    const { TASKCLUSTER_ACCESS_TOKEN: _token, ...others } = ENV;
    const parameter = '/retrigger-hooks/level1/trigger/access-token';
    const stored = { ...others, TASKCLUSTER_ACCESS_TOKEN_PARAMETER: parameter };
    expect(loadTriggerSettings(stored).credentials).toEqual({
      clientId: 'project/retrigger/trigger',
      accessTokenParameter: parameter,
      ssmEndpoint: undefined,
    });
    const endpoint = { SSM_ENDPOINT: 'http://ssm.internal:8080/' };
    expect(loadTriggerSettings({ ...stored, ...endpoint }).credentials).toMatchObject({
      ssmEndpoint: 'http://ssm.internal:8080',
    });
    const inFile = { ...others, TASKCLUSTER_ACCESS_TOKEN_FILE: '/run/secrets/access-token' };
    expect(loadTriggerSettings(inFile).credentials).toEqual({
      clientId: 'project/retrigger/trigger',
      accessTokenFile: '/run/secrets/access-token',
    });
    expect(problems({ ...inFile, TASKCLUSTER_ACCESS_TOKEN_PARAMETER: parameter })).toHaveLength(1);
    expect(problems({ ...ENV, TASKCLUSTER_ACCESS_TOKEN_PARAMETER: parameter })).toHaveLength(1);
    expect(problems({ ...others, TASKCLUSTER_ACCESS_TOKEN_PARAMETER: 'no-slash' })).toHaveLength(1);
  });

  it('reveals no secrets', () => {
    const said = problems({ ...ENV, TASKCLUSTER_ROOT_URL: '' }).join('\n');
    expect(said).not.toContain('very-secret');
  });
});

describe('loadWorkerSettings', () => {
  const WORKER = {
    ...ENV,
    TASK_QUEUES: 'gecko-1/retrigger, mobile-1/retrigger',
    AWS_LAMBDA_FUNCTION_NAME: 'retrigger-hooks-level1-worker',
  };

  it('needs queues', () => {
    expect(loadWorkerSettings(WORKER)).toMatchObject({
      taskQueueIds: ['gecko-1/retrigger', 'mobile-1/retrigger'],
      workerGroup: 'retrigger-hooks',
      workerId: 'worker',
      maxDrains: 4,
      functionName: 'retrigger-hooks-level1-worker',
      lambdaEndpoint: undefined,
    });
    expect(problems({ ...WORKER, TASK_QUEUES: ' ' }, loadWorkerSettings)).toEqual([
      '- TASK_QUEUES is missing',
    ]);
  });

  it('reads everything that can be set', () => {
    const settings = loadWorkerSettings({
      ...WORKER,
      WORKER_GROUP: 'group',
      WORKER_ID: 'one',
      MAX_DRAINS: '0',
      LAMBDA_ENDPOINT: 'http://127.0.0.1:3002/',
    });
    expect(settings).toMatchObject({
      workerGroup: 'group',
      workerId: 'one',
      maxDrains: 0,
      lambdaEndpoint: 'http://127.0.0.1:3002',
    });
  });

  it.each([
    ['TASK_QUEUES', 'gecko-1', 'is a list of'],
    ['TASK_QUEUES', 'gecko-4/retrigger', 'is a list of'],
    ['WORKER_GROUP', 'a/b', 'is not'],
    ['MAX_DRAINS', 'many', 'is not'],
    ['MAX_DRAINS', '-1', 'is not'],
    ['LAMBDA_ENDPOINT', 'localhost', 'is not an http(s) URL'],
    ['STAGE', 'Level 1', 'is not'],
  ])('refuses %s %s', (name, value, words) => {
    expect(problems({ ...WORKER, [name]: value }, loadWorkerSettings)).toEqual([
      expect.stringContaining(`- ${name} ${words}`),
    ]);
  });
});

it('loadServeSettings reads everything that can be set', () => {
  expect(loadServeSettings({ HOST: '0.0.0.0', PORT: '0', STOP_SECONDS: '5' })).toEqual({
    host: '0.0.0.0',
    port: 0,
    stopMs: 5_000,
  });
});

it('has the defaults that docs/settings.md states', () => {
  const worker = loadWorkerSettings({ ...ENV, TASK_QUEUES: 'gecko-1/x', AWS_LAMBDA_FUNCTION_NAME: 'x' });
  const serve = loadServeSettings({});
  const defaults = {
    STAGE: worker.stage,
    GRAPH_MAX_MB: worker.graphBytes / 1024 / 1024,
    WORKER_GROUP: worker.workerGroup,
    WORKER_ID: worker.workerId,
    MAX_DRAINS: worker.maxDrains,
    HOST: serve.host,
    PORT: serve.port,
    STOP_SECONDS: serve.stopMs / 1000,
  };
  const stated = Object.entries(SETTINGS).flatMap(([name, setting]) => {
    const fallback = 'fallback' in setting ? setting.fallback.replaceAll('`', '') : 'none';
    // The others are words: another setting's value, or nothing.
    return /^[\w.-]+$/.test(fallback) && fallback !== 'none' ? [[name, fallback]] : [];
  });
  expect(Object.entries(defaults).map(([name, value]) => [name, String(value)])).toEqual(stated);
});
