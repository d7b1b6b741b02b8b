import { actionList } from '../push/action-list.ts';
import { repositoryPath, trustDomain, type Repository } from '../push/repository.ts';
import { ANONYMOUS_SCOPES } from '../taskcluster/auth/anonymous.ts';

/** In-tree permissions that Firefox's actions use; each has its own hook at each level. */
export const actionPermissions: readonly string[] = [
  ...new Set(actionList.map(({ permission }) => permission)),
];

/**
 * Scopes of everything that runs for a repository (role `repo:<path>:*`): fxci-config's grants to the projects with the
 * features `gecko-roles` and `trust-domain-scopes`, as far as the pushes here use them. Level 3 may create tasks of any
 * priority, the other levels only up to low.
 */
const repositoryScopes = ({ project, level }: Repository): string[] => {
  const priority = level === 3 ? 'highest' : 'low';
  const pools = [
    `${trustDomain}-${level}/*`,
    `${trustDomain}-t/*`,
    `releng-hardware/${trustDomain}-t-*`,
    `scriptworker-k8s/${trustDomain}-${level}-*`,
    `scriptworker-k8s/${trustDomain}-t-*`,
    'built-in/*',
  ];
  const certificates = level === 3 ? ['dep-signing', 'nightly-signing', 'release-signing'] : ['dep-signing'];
  return [
    `queue:scheduler-id:${trustDomain}-level-${level}`,
    `queue:cancel-task:${trustDomain}-level-${level}/*`,
    `queue:rerun-task:${trustDomain}-level-${level}/*`,
    ...pools.map((pool) => `queue:create-task:${priority}:${pool}`),
    `queue:route:index.${trustDomain}.v2.${project}.*`,
    `queue:route:index.${trustDomain}.cache.level-${level}.*`,
    `queue:route:tc-treeherder.v2.${project}.*`,
    'queue:route:notify.*',
    `index:insert-task:${trustDomain}.v2.${project}.*`,
    `index:insert-task:${trustDomain}.cache.level-${level}.*`,
    `docker-worker:cache:${trustDomain}-level-${level}-*`,
    'docker-worker:capability:device:loopbackVideo',
    'docker-worker:feature:allowPtrace',
    `generic-worker:cache:${trustDomain}-level-${level}-*`,
    `assume:project:taskcluster:${trustDomain}:level-${level}-sccache-buckets`,
    'project:releng:services/tooltool/api/download/internal',
    'project:releng:services/tooltool/api/download/public',
    ...certificates.map((certificate) => `project:releng:signing:cert:${certificate}`),
    `secrets:get:project/releng/${trustDomain}/build/level-${level}/*`,
    'secrets:get:project/taskcluster/gecko/hgfingerprint',
    'secrets:get:project/taskcluster/gecko/hgmointernal',
  ];
};

/** The trigger scope on all hashes of an in-tree action hook, and on their `/full` copies. */
export const triggerScope = (level: number, permission: string): string =>
  `hooks:trigger-hook:project-${trustDomain}/in-tree-action-${level}-${permission}/*`;

/**
 * All roles of the deployment, by roleId.
 *
 * A decision or cron task (not an action task) may name its level's in-tree hooks; Treeherder checks that before it
 * triggers one. A hook acts for all repositories of its level and may trigger hooks with its name, because a wrapped
 * hook forwards to its `/full` copy.
 */
export function deploymentRoles(repositories: readonly Repository[]): Map<string, string[]> {
  const roles = new Map([['anonymous', [...ANONYMOUS_SCOPES]]]);
  for (const repository of repositories) {
    const root = `repo:${repositoryPath(repository)}`;
    const hookAction = `in-tree:hook-action:project-${trustDomain}/in-tree-action-${repository.level}-*`;
    roles.set(`${root}:*`, repositoryScopes(repository));
    roles.set(`${root}:branch:*`, [hookAction]);
    roles.set(`${root}:cron:*`, [hookAction]);
    for (const permission of actionPermissions) {
      const roleId = `hook-id:project-${trustDomain}/in-tree-action-${repository.level}-${permission}/*`;
      const scopes = roles.get(roleId) ?? [triggerScope(repository.level, permission)];
      roles.set(roleId, [...scopes, `assume:${root}:action:${permission}`]);
    }
  }
  return roles;
}
