import type { Credentials } from '../taskcluster/client.ts';

/** What a deployment decides for every function. Read once per cold start; nothing else reads the environment. */
interface CommonSettings {
  rootUrl: string;
  credentials: Credentials;
  /** `<trust domain>-<level>` for which every action is forwarded: the kill switch. */
  switchedOff: ReadonlySet<string>;
}

export interface TriggerSettings extends CommonSettings {
  /** The URLs under which callers reach the function; the signature names one of them. */
  publicUrls: URL[];
  /** Root URL for forwards: one past the ingress rule, where there is one that leads to us. */
  hooksRootUrl: string;
}

export interface WorkerSettings extends CommonSettings {
  taskQueueIds: string[];
  workerGroup: string;
  workerId: string;
  /** How many more runs of itself one run may start when the queues are full. */
  maxDrains: number;
  functionName: string;
  /** Endpoint of another Lambda than AWS's. */
  lambdaEndpoint: string | undefined;
}

/** All that is wrong with the settings at once, so that one deploy mends it. */
export class SettingsError extends Error {
  constructor(problems: string[]) {
    super(`The settings are not complete:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

export type Env = Readonly<Record<string, string | undefined>>;

/** @throws SettingsError that lists every problem */
export function loadTriggerSettings(env: Env): TriggerSettings {
  return load(env, (reader) => {
    const common = readCommon(reader);
    const publicUrls = reader.words('PUBLIC_URLS').map((word) => reader.url('PUBLIC_URLS', word));
    const rootUrl = URL.canParse(common.rootUrl) ? [new URL(common.rootUrl)] : [];
    const hooksRootUrl = reader.optional('HOOKS_ROOT_URL');
    return {
      ...common,
      publicUrls: publicUrls.length > 0 ? publicUrls.filter((url) => url !== undefined) : rootUrl,
      hooksRootUrl: hooksRootUrl
        ? (reader.url('HOOKS_ROOT_URL', hooksRootUrl)?.origin ?? '')
        : common.rootUrl,
    };
  });
}

/** @throws SettingsError that lists every problem */
export function loadWorkerSettings(env: Env): WorkerSettings {
  return load(env, (reader) => {
    const identifier = /^[a-zA-Z0-9-_]{1,38}$/;
    const queue = /^[a-zA-Z0-9-]+-[1-3]\/[a-z]([-a-z0-9]{0,36}[a-z0-9])?$/;
    reader.required('TASK_QUEUES');
    return {
      ...readCommon(reader),
      taskQueueIds: reader.words('TASK_QUEUES', queue, '<trust domain>-<level>/<name>, as gecko-1/retrigger'),
      workerGroup: reader.matching('WORKER_GROUP', 'retrigger-hooks', identifier),
      workerId: reader.matching('WORKER_ID', 'worker', identifier),
      maxDrains: Number(reader.matching('MAX_DRAINS', '4', /^[0-9]{1,3}$/)),
      functionName: reader.required('AWS_LAMBDA_FUNCTION_NAME'),
      lambdaEndpoint: reader.optional('LAMBDA_ENDPOINT'),
    };
  });
}

function readCommon(reader: EnvReader): CommonSettings {
  const rootUrl = reader.url('TASKCLUSTER_ROOT_URL', reader.required('TASKCLUSTER_ROOT_URL'));
  return {
    rootUrl: rootUrl?.origin ?? '',
    credentials: {
      clientId: reader.required('TASKCLUSTER_CLIENT_ID'),
      accessToken: reader.required('TASKCLUSTER_ACCESS_TOKEN'),
    },
    switchedOff: new Set(
      reader.words('SWITCHED_OFF', /^[a-zA-Z0-9-]+-[1-3]$/, '<trust domain>-<level>, as gecko-1'),
    ),
  };
}

function load<T extends object>(env: Env, read: (reader: EnvReader) => T): Readonly<T> {
  const reader = new EnvReader(env);
  const settings = read(reader);
  if (reader.problems.length > 0) throw new SettingsError(reader.problems);
  return Object.freeze(settings);
}

/** Reads variables and keeps what is wrong with them, so that all of it can be said at once. */
class EnvReader {
  readonly problems: string[] = [];
  readonly #env: Env;

  constructor(env: Env) {
    this.#env = env;
  }

  optional(name: string): string | undefined {
    return this.#env[name]?.trim() || undefined;
  }

  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined) this.problems.push(`${name} is missing`);
    return value ?? '';
  }

  matching(name: string, fallback: string, pattern: RegExp): string {
    const value = this.optional(name) ?? fallback;
    if (!pattern.test(value)) this.problems.push(`${name} does not match ${pattern.source}: ${value}`);
    return value;
  }

  /** A list, separated by commas. */
  words(name: string, pattern = /./, form = ''): string[] {
    const words = (this.optional(name) ?? '').split(',').map((word) => word.trim());
    const kept = words.filter(Boolean);
    for (const word of kept) {
      if (!pattern.test(word)) this.problems.push(`${name} is a list of ${form}; this is none: ${word}`);
    }
    return kept;
  }

  url(name: string, value: string): URL | undefined {
    if (value === '') return undefined;
    if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return new URL(value);
    this.problems.push(`${name} is not an http(s) URL: ${value}`);
    return undefined;
  }
}
