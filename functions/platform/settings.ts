import type { Credentials, StoredCredentials } from './credentials.ts';
import { groupFastActions, type FastActionsByDomain } from './fast-actions.ts';
import { SETTINGS, type SettingDeclaration, type SettingName } from './setting-declarations.ts';

/** The dimension of the function's metrics. */
interface Deployed {
  /** Name of the deployment. */
  stage: string;
}

/** What a deployment decides for every function. Read once per cold start; nothing else reads the environment. */
interface CommonSettings {
  rootUrl: string;
  /** Where the access token is stored, or the token itself in local runs. */
  credentials: Credentials | StoredCredentials;
  /** The kill switch: each `<trust domain>-<level>` whose actions are all forwarded. */
  killSwitch: ReadonlySet<string>;
  /** Which actions are fast, for trust domains that differ from the default. */
  fastActions: FastActionsByDomain;
  artifactHosts: readonly string[];
  /** Largest task graph to read, decompressed. */
  graphBytes: number;
}

export interface TriggerSettings extends CommonSettings {
  /** The URLs under which callers reach the function; the signature names one of them. */
  publicUrls: URL[];
  /** Root URL for forwards. It must bypass an ingress rule that leads to us. */
  hooksRootUrl: string;
}

export interface WorkerSettings extends CommonSettings {
  taskQueueIds: string[];
  workerGroup: string;
  workerId: string;
  /** How many more runs of itself one run may start when the queues are full. */
  maxDrains: number;
  functionName: string;
  /** Endpoint of a Lambda other than AWS's. */
  lambdaEndpoint: string | undefined;
}

/** Settings of the process of `npm run serve`, besides those of its functions. */
export interface ServeSettings {
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** How long work under way may take after SIGTERM. */
  stopMs: number;
}

/** Lists every problem with the settings, so that one deploy can fix them all. */
export class SettingsError extends Error {
  readonly problems: readonly string[];

  constructor(problems: string[]) {
    super(`The settings are not complete:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

export type Env = Readonly<Record<string, string | undefined>>;

/** @throws SettingsError that lists every problem */
export function loadTriggerSettings(env: Env): TriggerSettings & Deployed {
  return load(env, (reader) => {
    const common = readCommon(reader);
    const publicUrls = reader.words('PUBLIC_URLS').map((word) => reader.url('PUBLIC_URLS', word));
    const rootUrl = URL.canParse(common.rootUrl) ? [new URL(common.rootUrl)] : [];
    return {
      ...common,
      publicUrls: publicUrls.length > 0 ? publicUrls.filter((url) => url !== undefined) : rootUrl,
      hooksRootUrl: reader.url('HOOKS_ROOT_URL')?.origin ?? common.rootUrl,
    };
  });
}

/** @throws SettingsError that lists every problem */
export function loadWorkerSettings(env: Env): WorkerSettings & Deployed {
  return load(env, (reader) => {
    reader.required('TASK_QUEUES');
    return {
      ...readCommon(reader),
      taskQueueIds: reader.words('TASK_QUEUES'),
      workerGroup: reader.optional('WORKER_GROUP') ?? 'retrigger-hooks',
      workerId: reader.optional('WORKER_ID') ?? 'worker',
      maxDrains: Number(reader.optional('MAX_DRAINS') ?? '4'),
      functionName: reader.required('AWS_LAMBDA_FUNCTION_NAME'),
      lambdaEndpoint: reader.url('LAMBDA_ENDPOINT')?.origin,
    };
  });
}

/** @throws SettingsError that lists every problem */
export function loadServeSettings(env: Env): ServeSettings {
  return load(env, (reader) => ({
    host: reader.optional('HOST') ?? '127.0.0.1',
    port: Number(reader.optional('PORT') ?? '8080'),
    stopMs: Number(reader.optional('STOP_SECONDS') ?? '30') * 1000,
  }));
}

function readCommon(reader: EnvReader): CommonSettings & Deployed {
  reader.required('TASKCLUSTER_ROOT_URL');
  return {
    stage: reader.optional('STAGE') ?? 'local',
    rootUrl: reader.url('TASKCLUSTER_ROOT_URL')?.origin ?? '',
    credentials: readCredentials(reader),
    killSwitch: new Set(reader.words('KILL_SWITCH')),
    fastActions: groupFastActions(reader.words('FAST_ACTIONS')),
    artifactHosts: reader.words('ARTIFACT_HOSTS'),
    graphBytes: Number(reader.optional('GRAPH_MAX_MB') ?? '512') * 1024 * 1024,
  };
}

function readCredentials(reader: EnvReader): Credentials | StoredCredentials {
  const clientId = reader.required('TASKCLUSTER_CLIENT_ID');
  const accessToken = reader.optional('TASKCLUSTER_ACCESS_TOKEN');
  const accessTokenParameter = reader.optional('TASKCLUSTER_ACCESS_TOKEN_PARAMETER');
  const ssmEndpoint = reader.url('SSM_ENDPOINT')?.origin;
  const accessTokenFile = reader.optional('TASKCLUSTER_ACCESS_TOKEN_FILE');
  const given = [accessToken, accessTokenParameter, accessTokenFile].filter((value) => value !== undefined);
  if (given.length !== 1) {
    reader.problems.push(
      'give exactly one of TASKCLUSTER_ACCESS_TOKEN_PARAMETER (on AWS), TASKCLUSTER_ACCESS_TOKEN_FILE (in containers) ' +
        'and TASKCLUSTER_ACCESS_TOKEN',
    );
  }
  if (accessTokenParameter !== undefined) return { clientId, accessTokenParameter, ssmEndpoint };
  if (accessTokenFile !== undefined) return { clientId, accessTokenFile };
  return { clientId, accessToken: accessToken ?? '' };
}

function load<T extends object>(env: Env, read: (reader: EnvReader) => T): Readonly<T> {
  const reader = new EnvReader(env);
  const settings = read(reader);
  if (reader.problems.length > 0) throw new SettingsError(reader.problems);
  return Object.freeze(settings);
}

/** Reads declared variables and collects all problems, to report them together. */
class EnvReader {
  readonly problems: string[] = [];
  readonly #env: Env;

  constructor(env: Env) {
    this.#env = env;
  }

  /** The value, which must have the declared form. */
  optional(name: SettingName): string | undefined {
    const value = this.#raw(name);
    const { pattern, form }: SettingDeclaration = SETTINGS[name];
    if (value !== undefined && pattern && !pattern.test(value)) {
      this.problems.push(`${name} is not ${form}: ${value}`);
    }
    return value;
  }

  required(name: SettingName): string {
    const value = this.#raw(name);
    if (value === undefined) this.problems.push(`${name} is missing`);
    return value ?? '';
  }

  /** A list, separated by commas; each word must have the declared form. */
  words(name: SettingName): string[] {
    const words = (this.#raw(name) ?? '').split(',').map((word) => word.trim());
    const kept = words.filter(Boolean);
    const { pattern, form }: SettingDeclaration = SETTINGS[name];
    for (const word of kept) {
      if (pattern && !pattern.test(word)) {
        this.problems.push(`${name} is a list of ${form}; this entry is not one: ${word}`);
      }
    }
    return kept;
  }

  /** @param value one word of a list, if the variable has several */
  url(name: SettingName, value = this.#raw(name)): URL | undefined {
    if (value === undefined) return undefined;
    const url = URL.parse(value);
    if (!url || !/^https?:$/.test(url.protocol))
      this.problems.push(`${name} is not an http(s) URL: ${value}`);
    // The rest may be a password, so it is not shown.
    else if (url.href !== `${url.origin}/`) this.problems.push(`${name} has more than ${url.origin} in it`);
    else return url;
    return undefined;
  }

  #raw(name: SettingName): string | undefined {
    return this.#env[name]?.trim() || undefined;
  }
}
