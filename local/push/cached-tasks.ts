import { buildDate, checkoutEnv, type PushContext } from './context.ts';
import { day, defineTask, type TaskDefinition } from './definition.ts';
import { dockerPayload, dockerScopes } from './payload.ts';
import { trustDomain } from './repository.ts';

const imageNames = [
  'debian12-base',
  'ubuntu2404-test',
  'debian12-amd64-build',
  'lint',
  'android-build',
  'index-task',
  'fetch',
  'pgo',
];
const toolchainNames = [
  'node-22',
  'minidump-stackwalk',
  'clang-20',
  'rust-1.90',
  'sccache',
  'cbindgen',
  'nasm',
  'fix-stacks',
  'wasi-sysroot',
  'dump_syms',
];

const numbered = (names: readonly string[], count: number): string[] =>
  Array.from({ length: count }, (_, at) => {
    const round = Math.floor(at / names.length);
    return `${names[at % names.length] ?? ''}${round === 0 ? '' : `-r${round + 1}`}`;
  });

export const dockerImages = (count: number): string[] => numbered(imageNames, count);
export const toolchains = (count: number): string[] => numbered(toolchainNames, count);

/** taskId and creation time of a new task. */
export interface Creation {
  taskId: string;
  created: Date;
}

const cacheRoutes = (context: PushContext, kind: string, name: string, digest: string): string[] => {
  const root = `index.${trustDomain}.cache.level-${context.repository.level}.${kind}.${name}`;
  return [`${root}.hash.${digest}`, `${root}.latest`, `${root}.pushdate.${buildDate(context)}`];
};

/** An image is built from a context that the decision task uploaded, so it depends on that. */
export function dockerImageTask(
  context: PushContext,
  name: string,
  { taskId, created }: Creation,
): TaskDefinition {
  const digest = context.random.hex(64);
  return defineTask(context, {
    taskId,
    created,
    label: `docker-image-${name}`,
    kind: 'docker-image',
    description: `Build the docker image ${name} for use by dependent tasks`,
    retrigger: false,
    taskQueueId: `${trustDomain}-${context.repository.level}/images-gcp`,
    lifetime: 365,
    dependencies: [context.decisionTaskId],
    scopes: [],
    indexRoutes: cacheRoutes(context, 'docker-images.v2', name, digest),
    payload: {
      image:
        'mozillareleases/image_builder:6.2@sha256:8a2b5e0d9c7f4163b0e1d2c3a4958677f0e1d2c3b4a5968778695a4b3c2d1e0f',
      env: {
        CONTEXT_PATH: `public/docker-contexts/${name}.tar.gz`,
        CONTEXT_TASK_ID: context.decisionTaskId,
        HASH: digest,
        IMAGE_NAME: name,
        MOZ_SCM_LEVEL: String(context.repository.level),
      },
      artifacts: {
        'public/image.tar.zst': {
          type: 'file',
          path: '/workspace/out/image.tar.zst',
          expires: new Date(created.getTime() + 365 * day).toISOString(),
        },
      },
      features: { chainOfTrust: true, taskclusterProxy: true },
      maxRunTime: 7200,
    },
    treeherder: { platform: 'taskcluster-images/opt', symbol: `I(${name})`, jobKind: 'other' },
  });
}

export function toolchainTask(
  context: PushContext,
  name: string,
  { taskId, created }: Creation,
  imageTaskId: string,
): TaskDefinition {
  return defineTask(context, {
    taskId,
    created,
    label: `toolchain-linux64-${name}`,
    kind: 'toolchain',
    description: `${name} toolchain build`,
    retrigger: false,
    taskQueueId: `${trustDomain}-${context.repository.level}/b-linux-amd`,
    lifetime: 365,
    dependencies: [imageTaskId],
    scopes: dockerScopes(context),
    indexRoutes: cacheRoutes(context, 'toolchains.v3', `linux64-${name}`, context.random.hex(64)),
    payload: dockerPayload(context, imageTaskId, {
      command: [
        'bash',
        '-c',
        `cd /builds/worker/checkouts/gecko && taskcluster/scripts/misc/build-${name}.sh`,
      ],
      env: {
        ...checkoutEnv(context),
        TOOLCHAIN_ARTIFACT: `public/build/${name}.tar.zst`,
        UPLOAD_DIR: 'artifacts',
      },
      artifacts: { 'public/build': 'artifacts' },
      fetches: [],
      created,
      lifetime: 365,
      maxRunTime: 10_800,
      chainOfTrust: true,
    }),
    tags: { os: 'linux', 'worker-implementation': 'docker-worker' },
    treeherder: { platform: 'toolchains/opt', symbol: `TL(${name})`, jobKind: 'build' },
  });
}
