import { artifactUrl, buildDate, checkoutEnv, type PushContext } from './context.ts';
import { defineTask, type TaskDefinition } from './definition.ts';
import { dockerPayload, dockerScopes, type Fetch } from './payload.ts';
import type { Platform } from './platforms.ts';
import { trustDomain } from './repository.ts';

/** The taskIds that a build and its followers refer to. */
export interface BuildInputs {
  imageTaskId: string;
  /** Toolchain name → taskId. */
  toolchains: ReadonlyMap<string, string>;
  created: Date;
}

export const toolchainFetches = (toolchains: ReadonlyMap<string, string>): Fetch[] =>
  [...toolchains].map(([name, task]) => ({ task, artifact: `public/build/${name}.tar.zst`, extract: true }));

const platformName = ({ build, type }: Platform): string => `${build}/${type}`;

const indexRoutes = (context: PushContext, platform: Platform): string[] => {
  const product = platform.os === 'android' ? 'mobile' : 'firefox';
  const name = `${product}.${platform.build}-${platform.type}`;
  const root = `index.${trustDomain}.v2.${context.repository.project}`;
  const date = buildDate(context);
  const dotted = `${date.slice(0, 4)}.${date.slice(4, 6)}.${date.slice(6, 8)}`;
  return [
    `${root}.latest.${name}`,
    `${root}.pushdate.${dotted}.${date}.${name}`,
    `${root}.pushdate.${dotted}.latest.${name}`,
    `${root}.pushlog-id.${context.pushlogId}.${name}`,
    `${root}.revision.${context.revision}.${name}`,
  ];
};

export function buildTask(
  context: PushContext,
  taskId: string,
  platform: Platform,
  inputs: BuildInputs,
): TaskDefinition {
  const { imageTaskId, toolchains, created } = inputs;
  const { level, project } = context.repository;
  const label = `build-${platformName(platform)}`;
  return defineTask(context, {
    taskId,
    label,
    created,
    kind: 'build',
    description: `${platform.build} ${platform.type} build`,
    retrigger: false,
    taskQueueId: `${trustDomain}-${level}/b-linux-large-amd`,
    lifetime: 365,
    dependencies: [imageTaskId, ...toolchains.values()].toSorted(),
    scopes: [
      `assume:project:taskcluster:${trustDomain}:level-${level}-sccache-buckets`,
      `secrets:get:project/releng/${trustDomain}/build/level-${level}/*`,
      'secrets:get:project/taskcluster/gecko/hgfingerprint',
      'project:releng:services/tooltool/api/download/internal',
      ...dockerScopes(context),
    ],
    indexRoutes: indexRoutes(context, platform),
    payload: dockerPayload(context, imageTaskId, {
      command: [
        'bash',
        '-c',
        'cd /builds/worker/checkouts/gecko && taskcluster/scripts/builder/build-linux.sh',
      ],
      env: {
        ...checkoutEnv(context),
        EXTRA_MOZHARNESS_CONFIG: JSON.stringify({
          mozconfig_variant: platform.type,
          objdir: `obj-${platform.build}`,
        }),
        MH_BRANCH: project,
        MH_BUILD_POOL: 'taskcluster',
        MH_CUSTOM_BUILD_VARIANT_CFG: platform.type,
        MOZHARNESS_ACTIONS: 'get-secrets build',
        MOZHARNESS_CONFIG: `builds/releng_base_firefox.py builds/releng_base_${platform.os}.py`,
        MOZHARNESS_SCRIPT: 'mozharness/scripts/fx_desktop_build.py',
        NEED_XVFB: 'false',
        PERFHERDER_EXTRA_OPTIONS: platform.build,
        PYTHONUNBUFFERED: '1',
        SCCACHE_IDLE_TIMEOUT: '0',
        USE_SCCACHE: '1',
      },
      artifacts: { 'public/build': 'artifacts', 'public/logs': 'logs', 'private/build': 'private' },
      fetches: toolchainFetches(toolchains),
      created,
      lifetime: 365,
      maxRunTime: 14_400,
      chainOfTrust: true,
    }),
    tags: { os: 'linux', 'worker-implementation': 'docker-worker' },
    treeherder: { platform: platformName(platform), symbol: 'B', jobKind: 'build' },
    extra: { chainOfTrust: { inputs: { 'docker-image': imageTaskId } } },
  });
}

/** Signing runs on a scriptworker, which requires a Chain of Trust, so a clone would fail. */
export function signingTask(
  context: PushContext,
  taskId: string,
  platform: Platform,
  upstream: { buildTaskId: string; created: Date },
): TaskDefinition {
  const { level } = context.repository;
  return defineTask(context, {
    taskId,
    label: `build-signing-${platformName(platform)}`,
    created: upstream.created,
    kind: 'build-signing',
    description: `Initial signing of ${platformName(platform)}`,
    retrigger: false,
    taskQueueId: `scriptworker-k8s/${trustDomain}-${level === 3 ? 3 : 't'}-signing`,
    lifetime: 365,
    dependencies: [upstream.buildTaskId],
    scopes: [`project:releng:signing:cert:${level === 3 ? 'nightly' : 'dep'}-signing`],
    payload: {
      maxRunTime: 3600,
      upstreamArtifacts: [
        {
          formats: [platform.os === 'windows' ? 'autograph_authenticode_202412' : 'gcp_prod_autograph_gpg'],
          paths: [`public/build/${platform.installer}`],
          taskId: upstream.buildTaskId,
          taskType: 'build',
        },
      ],
    },
    tags: { os: 'scriptworker', 'worker-implementation': 'scriptworker-signing' },
    treeherder: { platform: platformName(platform), symbol: 'Bs', jobKind: 'other' },
  });
}

export function repackageTask(
  context: PushContext,
  taskId: string,
  platform: Platform,
  upstream: { buildTaskId: string; signingTaskId: string; imageTaskId: string; created: Date },
): TaskDefinition {
  const { buildTaskId, signingTaskId, imageTaskId, created } = upstream;
  return defineTask(context, {
    taskId,
    label: `repackage-${platformName(platform)}`,
    created,
    kind: 'repackage',
    description: `Repackage the signed ${platformName(platform)}`,
    retrigger: false,
    taskQueueId: `${trustDomain}-${context.repository.level}/b-linux-amd`,
    lifetime: 365,
    dependencies: [buildTaskId, signingTaskId, imageTaskId].toSorted(),
    scopes: dockerScopes(context),
    payload: dockerPayload(context, imageTaskId, {
      command: [
        'bash',
        '-c',
        'cd /builds/worker/checkouts/gecko && taskcluster/scripts/builder/repackage.sh',
      ],
      env: {
        ...checkoutEnv(context),
        SIGNED_INPUT: artifactUrl(context, signingTaskId, `public/build/${platform.installer}`),
        UNSIGNED_MAR: artifactUrl(context, buildTaskId, 'public/build/host/bin/mar'),
      },
      artifacts: { 'public/build': 'outputs' },
      fetches: [{ task: signingTaskId, artifact: `public/build/${platform.installer}`, extract: false }],
      created,
      lifetime: 365,
      maxRunTime: 3600,
      chainOfTrust: true,
    }),
    tags: { os: 'linux', 'worker-implementation': 'docker-worker' },
    treeherder: { platform: platformName(platform), symbol: 'Rpk', jobKind: 'other' },
  });
}
