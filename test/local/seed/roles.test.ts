import { describe, expect, it } from 'vitest';
import { generatePush } from '../../../local/push/generate.ts';
import { autoland, repositoryPath, tryRepository, type Repository } from '../../../local/push/repository.ts';
import { isObject } from '../../../functions/tasks/shapes.ts';
import { deploymentRoles } from '../../../local/seed/roles.ts';
import { satisfies } from '../../../local/treeherder/scopes.ts';

const roles = deploymentRoles([autoland, tryRepository]);

/** What `assume:<roleId>` expands to, through all roles. */
const expand = (scopes: string[]): string[] => {
  const all = new Set(scopes);
  for (const scope of all) {
    if (!scope.startsWith('assume:')) continue;
    const assumed = scope.slice('assume:'.length);
    for (const [roleId, granted] of roles) {
      const matches = roleId.endsWith('*') ? assumed.startsWith(roleId.slice(0, -1)) : assumed === roleId;
      if (matches) for (const one of granted) all.add(one);
    }
  }
  return [...all];
};
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const priorities = ['lowest', 'very-low', 'low', 'medium', 'high', 'very-high', 'highest'];

/** The scopes that createTask requires for a definition. */
const unsatisfied = (scopes: string[], task: Record<string, unknown>): string[] => {
  const needed = [
    ...strings(task['scopes']),
    ...strings(task['routes']).map((route) => `queue:route:${route}`),
    `queue:scheduler-id:${String(task['schedulerId'])}`,
  ];
  const pool = String(task['taskQueueId']);
  const mayCreate = priorities
    .slice(priorities.indexOf(String(task['priority'])))
    .some((priority) => satisfies(scopes, `queue:create-task:${priority}:${pool}`));
  return [
    ...needed.filter((scope) => !satisfies(scopes, scope)),
    ...(mayCreate ? [] : [`create-task on ${pool}`]),
  ];
};

/** Whether someone with these scopes may name the in-tree hooks of a level. */
const mayName = (scopes: string[]) => (level: number) =>
  satisfies(expand(scopes), `in-tree:hook-action:project-gecko/in-tree-action-${level}-generic/x`);

/** The scopes of a hook when it fires. */
const acting = (level: number) =>
  expand([`assume:hook-id:project-gecko/in-tree-action-${level}-generic/abc`]);

describe.each([autoland, tryRepository])('an action task of $project', (repository: Repository) => {
  const root = `assume:repo:${repositoryPath(repository)}`;
  const { tasks, decisionTaskId } = generatePush({
    size: 3300,
    repository,
    rootUrl: 'http://127.0.0.1:8080',
    now: new Date('2026-11-22T12:00:00.123Z'),
  });

  it('may create every task of the push again, except decision and cron tasks', () => {
    const scopes = expand([`${root}:action:generic`]);
    for (const { label, task } of Object.values(tasks)) {
      const kind = isObject(task['tags']) ? task['tags']['kind'] : '';
      if (kind === 'decision-task' || kind === 'cron-task') continue;
      expect([label, unsatisfied(scopes, task)]).toStrictEqual([label, []]);
    }
  });

  it('may rerun only tasks of its own level', () => {
    const scopes = expand([`${root}:action:generic`]);
    const rerun = (level: number) =>
      satisfies(scopes, `queue:rerun-task:gecko-level-${level}/${decisionTaskId}/x`);
    expect([1, 3].filter(rerun)).toStrictEqual([repository.level]);
  });

  it('may not name the in-tree hooks, but the decision task may name those of its level', () => {
    expect([1, 3].filter(mayName([`${root}:action:generic`]))).toStrictEqual([]);
    expect([1, 3].filter(mayName([`${root}:branch:default`]))).toStrictEqual([repository.level]);
    expect([1, 3].filter(mayName(strings(tasks[decisionTaskId]?.task['scopes'])))).toStrictEqual([
      repository.level,
    ]);
  });

  it('comes from a hook of its level, which may trigger its own /full copy', () => {
    expect([1, 3].filter((level) => satisfies(acting(level), `${root}:action:generic`))).toStrictEqual([
      repository.level,
    ]);
    expect(acting(repository.level)).toContain(
      `hooks:trigger-hook:project-gecko/in-tree-action-${repository.level}-generic/*`,
    );
  });
});

it('joins the repositories of a level in one hook role', () => {
  const central: Repository = {
    ...autoland,
    project: 'mozilla-central',
    url: 'https://hg.mozilla.org/mozilla-central',
  };
  const both = deploymentRoles([autoland, central]).get('hook-id:project-gecko/in-tree-action-3-generic/*');
  expect(both).toStrictEqual([
    'hooks:trigger-hook:project-gecko/in-tree-action-3-generic/*',
    'assume:repo:hg.mozilla.org/integration/autoland:action:generic',
    'assume:repo:hg.mozilla.org/mozilla-central:action:generic',
  ]);
});
