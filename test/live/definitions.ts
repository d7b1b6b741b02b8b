import { repositoryPath } from '../../local/push/repository.ts';
import type { Deployment } from './deployment.ts';
import type { WantedTask } from './wanted-tasks.ts';

export const PUSHLOG_ID = '4711';
export const REVISION = '0123456789abcdef0123456789abcdef01234567';

const DAY_MS = 86_400_000;

const later = (from: Date, days: number): string => new Date(from.getTime() + days * DAY_MS).toISOString();

/** Index path of the push, without `index.`; its decision task and actions are below it. */
export const pushPath = ({ trustDomain, repository }: Deployment): string =>
  `${trustDomain}.v2.${repository.project}.pushlog-id.${PUSHLOG_ID}`;

const times = (now: Date) => ({
  created: now.toISOString(),
  deadline: later(now, 1),
  expires: later(now, 7),
});

const metadata = ({ repository }: Deployment, name: string, description: string) => ({
  name,
  description,
  owner: 'nobody@example.com',
  source: `${repository.url}/file/${REVISION}`,
});

/**
 * @param indexed whether it is the push's own decision task
 * @param scopes of the decision task
 */
export function decisionDefinition(
  deployment: Deployment,
  taskId: string,
  { now, indexed, scopes }: { now: Date; indexed: boolean; scopes: string[] },
) {
  return {
    taskGroupId: taskId,
    schedulerId: deployment.schedulerId,
    taskQueueId: `${deployment.trustDomain}-1/decision`,
    priority: 'low',
    ...times(now),
    scopes,
    routes: indexed ? [`index.${pushPath(deployment)}.decision`] : [],
    payload: {},
    metadata: metadata(deployment, 'Decision Task', 'Creates all the other tasks of the push.'),
    tags: { kind: 'decision-task' },
    extra: { tasks_for: 'hg-push' },
  };
}

/**
 * A test or build as in-tree code defines it: with its own taskId in a link, its dependencies' taskIds in the payload,
 * and artifacts with their own expiry.
 *
 * @param builds the taskIds that it depends on
 * @param rootUrl for the URLs in its payload
 * @param parent the action task that made it, if one did
 */
export function taskDefinition(
  deployment: Deployment,
  taskId: string,
  wanted: WantedTask,
  inputs: { now: Date; decisionTaskId: string; builds: string[]; rootUrl: string; parent?: string },
) {
  const { trustDomain, repository } = deployment;
  const { label, tag, extra, index, resolution, privileged } = wanted;
  const { now, decisionTaskId, builds, rootUrl, parent } = inputs;
  const waits = resolution === undefined && builds.length === 0;
  const artifact = (build: string) => `${rootUrl}/api/queue/v1/task/${build}/artifacts/public/build.tar.gz`;
  return {
    taskGroupId: decisionTaskId,
    schedulerId: deployment.schedulerId,
    taskQueueId: `${trustDomain}-1/${waits ? 'nobody' : 'worker'}`,
    priority: 'low',
    ...times(now),
    dependencies: [
      ...(parent === undefined ? [] : [parent]),
      ...(builds.length > 0 ? builds : [decisionTaskId]),
    ],
    requires: 'all-completed',
    retries: 3,
    scopes: [
      `secrets:get:project/${trustDomain}/token`,
      ...(privileged ? [`project:${trustDomain}:more-than-the-hook-may`] : []),
    ],
    routes: [
      `tc-treeherder.v2.${trustDomain}.${REVISION}`,
      ...(index === undefined ? [] : [`index.${trustDomain}.${index}`]),
    ],
    payload: {
      maxRunTime: 3600,
      command: [['/bin/bash', '-c', `run ${label}`]],
      env: {
        BUILD_DATE: new Date(now.getTime() - 30 * DAY_MS).toISOString(),
        BUILDS: JSON.stringify(builds.map(artifact)),
        REPOSITORY: repositoryPath(repository),
      },
      artifacts: { 'public/logs': { type: 'directory', path: 'logs', expires: later(now, 3) } },
    },
    metadata: metadata(
      deployment,
      label,
      `[Job](https://treeherder.example.com/#/jobs?selectedTaskRun=${taskId})`,
    ),
    tags: {
      kind: label.startsWith('build') ? 'build' : 'test',
      label,
      ...(tag === undefined ? {} : { retrigger: tag }),
    },
    extra: {
      parent: parent ?? decisionTaskId,
      treeherder: { symbol: 'x', tier: 1 },
      ...(extra === undefined ? {} : { retrigger: extra }),
    },
  };
}
