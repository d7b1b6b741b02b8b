import { pushdate, schedulerId, type PushContext } from './context.ts';
import { trustDomain } from './repository.ts';

/** A definition as `queue.task` returns it. Tasks of a push share parts of theirs, so never change one. */
export type TaskDefinition = {
  taskQueueId: string;
  provisionerId: string;
  workerType: string;
  schedulerId: string;
  projectId: string;
  taskGroupId: string;
  dependencies: string[];
  requires: 'all-completed' | 'all-resolved';
  routes: string[];
  priority: string;
  retries: number;
  created: string;
  deadline: string;
  expires: string;
  scopes: string[];
  payload: Record<string, unknown>;
  metadata: { name: string; description: string; owner: string; source: string };
  tags: Record<string, string>;
  extra: Record<string, unknown>;
};

/** What differs from kind to kind. */
export interface TaskSpec {
  taskId: string;
  label: string;
  /** In-tree kind: `build`, `test`, … */
  kind: string;
  description: string;
  /** Whether a retrigger clones the task (`tags.retrigger`). */
  retrigger: boolean;
  taskQueueId: string;
  created: Date;
  /** Days from creation to expiry. */
  lifetime: number;
  dependencies: string[];
  scopes: string[];
  /** Index paths, with `index.`; the Treeherder route is added. */
  indexRoutes?: string[];
  payload: Record<string, unknown>;
  tags?: Record<string, string>;
  /** `platform` is `<machine platform>/<collection>`. */
  treeherder: {
    platform: string;
    symbol: string;
    groupSymbol?: string;
    groupName?: string;
    jobKind: 'build' | 'test' | 'other';
  };
  extra?: Record<string, unknown>;
  /** The action task that created it, if the decision task did not. */
  parent?: string;
}

/** Milliseconds in a day. */
export const day = 86_400_000;

/** An ISO timestamp some milliseconds later. Taskgraph's relative datestamps keep the milliseconds too. */
export const later = (from: Date, milliseconds: number): string =>
  new Date(from.getTime() + milliseconds).toISOString();

/** Makes the definition that taskgraph's task transforms would make. */
export function defineTask(context: PushContext, spec: TaskSpec): TaskDefinition {
  const { repository, revision, owner, decisionTaskId } = context;
  const [provisionerId = '', workerType = ''] = spec.taskQueueId.split('/');
  const [platform = '', collection = ''] = spec.treeherder.platform.split('/');
  const { groupSymbol, groupName, symbol, jobKind } = spec.treeherder;
  const indexRoutes = spec.indexRoutes ?? [];
  const link = `https://treeherder.mozilla.org/#/jobs?repo=${repository.project}&revision=${revision}&selectedTaskRun=${spec.taskId}`;
  return {
    taskQueueId: spec.taskQueueId,
    provisionerId,
    workerType,
    schedulerId: schedulerId(context),
    projectId: 'none',
    taskGroupId: decisionTaskId,
    dependencies: spec.dependencies,
    requires: 'all-completed',
    routes: [...indexRoutes, `tc-treeherder.v2.${repository.project}.${revision}`],
    priority: repository.level === 3 ? 'low' : 'very-low',
    retries: 5,
    created: spec.created.toISOString(),
    deadline: later(spec.created, day),
    expires: later(spec.created, spec.lifetime * day),
    scopes: spec.scopes,
    payload: spec.payload,
    metadata: {
      name: spec.label,
      description: `${spec.description} ([Treeherder job](${link}))`,
      owner,
      source: `${repository.url}/file/${revision}/taskcluster/kinds/${spec.kind}`,
    },
    tags: {
      createdForUser: owner,
      kind: spec.kind,
      label: spec.label,
      project: repository.project,
      'trust-domain': trustDomain,
      retrigger: String(spec.retrigger),
      ...spec.tags,
    },
    extra: {
      parent: spec.parent ?? decisionTaskId,
      ...(indexRoutes.length > 0 ? { index: { rank: pushdate(context) } } : {}),
      treeherder: {
        collection: { [collection]: true },
        jobKind,
        machine: { platform },
        symbol,
        tier: 1,
        ...(groupSymbol ? { groupSymbol, groupName } : {}),
      },
      'treeherder-platform': spec.treeherder.platform,
      ...spec.extra,
    },
  };
}
