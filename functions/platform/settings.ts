import type { Credentials } from '../taskcluster/client.ts';

/** What a deployment decides. Read once per cold start; nothing else reads the environment. */
export interface Settings {
  rootUrl: string;
  credentials: Credentials;
  /** The URLs under which callers reach the `trigger` function; the signature names one of them. */
  publicUrls: URL[];
  /** Root URL for forwards: one past the ingress rule, where there is one that leads to us. */
  hooksRootUrl: string;
  /** `<trust domain>-<level>` for which every action is forwarded: the kill switch. */
  switchedOff: ReadonlySet<string>;
}

/** All that is wrong with the settings at once, so that one deploy mends it. */
export class SettingsError extends Error {
  constructor(problems: string[]) {
    super(`The settings are not complete:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

type Env = Readonly<Record<string, string | undefined>>;

/** @throws SettingsError that lists every problem */
export function loadSettings(env: Env): Settings {
  const problems: string[] = [];
  const required = (name: string): string => {
    const value = env[name]?.trim();
    if (!value) problems.push(`${name} is missing`);
    return value ?? '';
  };
  const url = (name: string, value: string): URL | undefined => {
    if (!value) return undefined;
    if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return new URL(value);
    problems.push(`${name} is not an http(s) URL: ${value}`);
    return undefined;
  };
  const words = (name: string): string[] =>
    (env[name] ?? '')
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean);

  const rootUrl = url('TASKCLUSTER_ROOT_URL', required('TASKCLUSTER_ROOT_URL'));
  const hooksRootUrl = url('HOOKS_ROOT_URL', env['HOOKS_ROOT_URL'] ?? '');
  const publicUrls = words('PUBLIC_URLS').map((word) => url('PUBLIC_URLS', word));
  const switchedOff = words('SWITCHED_OFF');
  for (const word of switchedOff) {
    if (!/^[a-zA-Z0-9-]+-[1-3]$/.test(word)) {
      problems.push(`SWITCHED_OFF is a list of <trust domain>-<level>, as gecko-1; this is none: ${word}`);
    }
  }
  const settings: Settings = {
    rootUrl: rootUrl?.origin ?? '',
    credentials: {
      clientId: required('TASKCLUSTER_CLIENT_ID'),
      accessToken: required('TASKCLUSTER_ACCESS_TOKEN'),
    },
    publicUrls: [...publicUrls, ...(publicUrls.length === 0 ? [rootUrl] : [])].filter(
      (one) => one !== undefined,
    ),
    hooksRootUrl: (hooksRootUrl ?? rootUrl)?.origin ?? '',
    switchedOff: new Set(switchedOff),
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.freeze(settings);
}
