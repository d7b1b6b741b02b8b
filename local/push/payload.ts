import type { PushContext } from './context.ts';
import { day, later } from './definition.ts';
import { trustDomain } from './repository.ts';

/** A file that a task takes from an upstream task (`MOZ_FETCHES`). */
export interface Fetch {
  task: string;
  artifact: string;
  extract: boolean;
}

/** What a worker runs, in terms common to both worker implementations. */
export interface Work {
  command: string[];
  env: Record<string, string>;
  /** Directories that become artifacts: name → path. */
  artifacts: Record<string, string>;
  fetches: Fetch[];
  created: Date;
  /** Days until the artifacts expire, together with the task. */
  lifetime: number;
  /** Seconds. */
  maxRunTime: number;
  /** Set where a release may use the task's artifacts: on builds and toolchains, never on tests. */
  chainOfTrust?: true;
}

const cacheName = ({ repository }: PushContext, name: string): string =>
  `${trustDomain}-level-${repository.level}-${name}-v3-5f1cc53bcb2b4d0ba6c2`;

/** taskgraph writes the fetches into the environment as JSON, so upstream taskIds occur in the middle of a string. */
const fetchesEnv = (fetches: Fetch[]): Record<string, string> =>
  fetches.length === 0
    ? {}
    : {
        MOZ_FETCHES: JSON.stringify(
          fetches.map(({ artifact, extract, task }) => ({ artifact, extract, sha256: null, task })),
        ),
        MOZ_FETCHES_DIR: 'fetches',
      };

const chainOfTrust = (work: Work): { chainOfTrust?: true } =>
  work.chainOfTrust ? { chainOfTrust: true } : {};

/** A payload for docker-worker (Linux), in the image that `imageTaskId` built. */
export function dockerPayload(
  context: PushContext,
  imageTaskId: string,
  work: Work,
): Record<string, unknown> {
  const expires = later(work.created, work.lifetime * day);
  return {
    image: { path: 'public/image.tar.zst', taskId: imageTaskId, type: 'task-image' },
    command: [
      '/builds/worker/bin/run-task',
      '--gecko-checkout=/builds/worker/checkouts/gecko',
      '--',
      ...work.command,
    ],
    env: {
      ...work.env,
      HG_STORE_PATH: '/builds/worker/checkouts/hg-store',
      TASKCLUSTER_CACHES: '/builds/worker/checkouts;/builds/worker/tooltool-cache',
      TASKCLUSTER_VOLUMES: '/builds/worker/.cache;/builds/worker/checkouts;/builds/worker/tooltool-cache',
      TOOLTOOL_CACHE: '/builds/worker/tooltool-cache',
      ...fetchesEnv(work.fetches),
    },
    artifacts: Object.fromEntries(
      Object.entries(work.artifacts).map(([name, path]) => [
        name,
        { type: 'directory', path: `/builds/worker/${path}`, expires },
      ]),
    ),
    cache: {
      [cacheName(context, 'checkouts-hg68')]: '/builds/worker/checkouts',
      [cacheName(context, 'tooltool-cache')]: '/builds/worker/tooltool-cache',
    },
    features: { allowPtrace: true, ...chainOfTrust(work), liveLog: true, taskclusterProxy: true },
    maxRunTime: work.maxRunTime,
    onExitStatus: { purgeCaches: [72], retry: [4, 72, 137] },
  };
}

/** Scopes that a task with such a payload needs. */
export const dockerScopes = (context: PushContext): string[] => [
  'docker-worker:feature:allowPtrace',
  `docker-worker:cache:${cacheName(context, 'checkouts-hg68')}`,
  `docker-worker:cache:${cacheName(context, 'tooltool-cache')}`,
];

/** A payload for generic-worker (Windows, macOS and hardware); `mounted` is unpacked before it starts. */
export function genericPayload(
  context: PushContext,
  mounted: { taskId: string; artifact: string },
  work: Work,
): Record<string, unknown> {
  const expires = later(work.created, work.lifetime * day);
  return {
    command: [['/usr/local/bin/python3', 'run-task', '--gecko-checkout=./build/src', '--', ...work.command]],
    env: {
      ...work.env,
      HG_CACHE: 'hg-shared',
      PIP_CACHE_DIR: 'pip-cache',
      TASKCLUSTER_CACHES: 'checkouts;tooltool-cache',
      TOOLTOOL_CACHE: 'tooltool-cache',
      ...fetchesEnv(work.fetches),
    },
    artifacts: Object.entries(work.artifacts).map(([name, path]) => ({
      type: 'directory',
      name,
      path,
      expires,
    })),
    mounts: [
      { content: mounted, directory: '.', format: 'zip' },
      { cacheName: cacheName(context, 'checkouts'), directory: './build' },
      { cacheName: cacheName(context, 'tooltool-cache'), directory: 'tooltool-cache' },
    ],
    features: { ...chainOfTrust(work), taskclusterProxy: true },
    maxRunTime: work.maxRunTime,
    onExitStatus: { purgeCaches: [72], retry: [4, 72, 1073807364] },
  };
}

/** Scopes that a task with such a payload needs. */
export const genericScopes = (context: PushContext): string[] => [
  `generic-worker:cache:${cacheName(context, 'checkouts')}`,
  `generic-worker:cache:${cacheName(context, 'tooltool-cache')}`,
];
