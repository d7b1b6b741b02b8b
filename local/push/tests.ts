import { artifactUrl, checkoutEnv, type PushContext } from './context.ts';
import { defineTask, type TaskDefinition } from './definition.ts';
import { dockerPayload, dockerScopes, genericPayload, genericScopes, type Work } from './payload.ts';
import type { Platform } from './platforms.ts';
import { chunkName, type Chunk } from './suites.ts';
import { toolchainFetches } from './builds.ts';

/** Days until a test and its artifacts expire. */
const testLifetime = 28;

/** The taskIds that a test refers to. */
export interface TestInputs {
  buildTaskId: string;
  imageTaskId: string;
  /** Toolchain name → taskId. */
  toolchains: ReadonlyMap<string, string>;
  created: Date;
  /**
   * The action task that made this copy. It becomes a dependency, as with in-tree actions; `tag` becomes `tags.action`.
   */
  action?: { taskId: string; tag: string };
}

export const testLabel = (platform: Platform, chunk: Chunk): string =>
  `test-${platform.test}/${platform.type}-${chunkName(chunk)}`;

const testEnv = (
  context: PushContext,
  platform: Platform,
  { suite, chunk, totalChunks }: Chunk,
  build: string,
) => {
  const installerUrl = artifactUrl(context, build, `public/build/${platform.installer}`);
  return {
    ...checkoutEnv(context),
    ENABLE_E10S: 'true',
    EXTRA_MOZHARNESS_CONFIG: JSON.stringify({
      installer_url: installerUrl,
      test_packages_url: artifactUrl(context, build, 'public/build/target.test_packages.json'),
    }),
    MOZHARNESS_CONFIG: suite.config,
    MOZHARNESS_SCRIPT: suite.script,
    MOZHARNESS_TEST_PATHS: JSON.stringify({
      [suite.name]: [`dom/${suite.name}/chunk-${chunk}-of-${totalChunks}`],
    }),
    MOZHARNESS_URL: artifactUrl(context, build, 'public/build/mozharness.zip'),
    MOZILLA_BUILD_URL: installerUrl,
    MOZ_FETCHES_SUITE: suite.name,
    MOZ_NODE_PATH: '/usr/local/bin/node',
    NEED_COMPIZ: 'false',
    NEED_PULSEAUDIO: 'true',
    NEED_WINDOW_MANAGER: 'true',
    NEED_XVFB: 'true',
    PYTHON: 'python3',
    SCCACHE_DISABLE: '1',
    TRY_SELECTOR: '',
    WORKING_DIR: '/builds/worker',
    XPCOM_DEBUG_BREAK: 'warn',
  };
};

export function testTask(
  context: PushContext,
  taskId: string,
  platform: Platform,
  chunk: Chunk,
  inputs: TestInputs,
): TaskDefinition {
  const { buildTaskId, imageTaskId, toolchains, created, action } = inputs;
  const { suite } = chunk;
  const docker = platform.os === 'linux' || platform.os === 'android';
  const upstream = [buildTaskId, ...toolchains.values(), ...(docker ? [imageTaskId] : [])].toSorted();
  const work: Work = {
    command: [
      docker ? '/builds/worker/bin/test-linux.sh' : `mozharness/scripts/${suite.script}`,
      `--${suite.testType}-suite=${suite.name}`,
      '--download-symbols=ondemand',
      `--total-chunk=${chunk.totalChunks}`,
      `--this-chunk=${chunk.chunk}`,
    ],
    env: testEnv(context, platform, chunk, buildTaskId),
    artifacts: {
      'public/logs': 'workspace/logs',
      'public/test': 'artifacts',
      'public/test_info': 'workspace/blobber_upload_dir',
    },
    fetches: toolchainFetches(toolchains),
    created,
    lifetime: testLifetime,
    maxRunTime: suite.maxRunTime,
  };
  return defineTask(context, {
    taskId,
    label: testLabel(platform, chunk),
    created,
    kind: suite.testType === 'raptor' ? 'browsertime' : 'test',
    description: `${suite.groupName || suite.name} (${chunk.variantName})`,
    retrigger: true,
    taskQueueId: platform.testQueue,
    lifetime: testLifetime,
    dependencies: action ? [action.taskId, ...upstream] : upstream,
    scopes: [
      'secrets:get:project/taskcluster/gecko/hgfingerprint',
      'secrets:get:project/taskcluster/gecko/hgmointernal',
      'project:releng:services/tooltool/api/download/public',
      ...(docker
        ? [...dockerScopes(context), 'docker-worker:capability:device:loopbackVideo']
        : genericScopes(context)),
    ],
    payload: docker
      ? dockerPayload(context, imageTaskId, work)
      : genericPayload(context, { taskId: buildTaskId, artifact: 'public/build/mozharness.zip' }, work),
    tags: {
      os: platform.os,
      'test-platform': `${platform.test}/${platform.type}`,
      'test-suite': suite.name,
      'test-type': suite.testType,
      'worker-implementation': docker ? 'docker-worker' : 'generic-worker',
      ...(action ? { action: action.tag } : {}),
    },
    treeherder: {
      platform: `${platform.test}/${platform.type}`,
      symbol: chunk.totalChunks === 1 ? suite.symbol || '1' : `${suite.symbol}${chunk.chunk}`,
      groupSymbol: suite.groupSymbol,
      groupName: suite.groupName,
      jobKind: 'test',
    },
    extra: { chunks: { current: chunk.chunk, total: chunk.totalChunks }, suite: suite.name },
    ...(action ? { parent: action.taskId } : {}),
  });
}

/** A check of the source: it needs only the decision task, no build. */
export function sourceTestTask(
  context: PushContext,
  taskId: string,
  name: string,
  inputs: { imageTaskId: string; created: Date },
): TaskDefinition {
  const { imageTaskId, created } = inputs;
  return defineTask(context, {
    taskId,
    label: `source-test-mozlint-${name}`,
    created,
    kind: 'source-test',
    description: `Lint: ${name}`,
    retrigger: true,
    taskQueueId: 'gecko-t/t-linux-docker-amd',
    lifetime: testLifetime,
    dependencies: [context.decisionTaskId, imageTaskId].toSorted(),
    scopes: ['secrets:get:project/taskcluster/gecko/hgfingerprint', ...dockerScopes(context)],
    payload: dockerPayload(context, imageTaskId, {
      command: [
        'bash',
        '-cx',
        `cd /builds/worker/checkouts/gecko && ./mach lint -v -l ${name} -f treeherder *`,
      ],
      env: checkoutEnv(context),
      artifacts: { 'public/code-review': 'results' },
      fetches: [],
      created,
      lifetime: testLifetime,
      maxRunTime: 1800,
    }),
    tags: { os: 'linux', 'worker-implementation': 'docker-worker' },
    treeherder: { platform: 'lint/opt', symbol: name, jobKind: 'test' },
  });
}
