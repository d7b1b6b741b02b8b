import type { Repository } from './repository.ts';
import { isObject } from '../../functions/tasks/shapes.ts';

/** What the definition of a decision task says about its push. */
export interface DecisionFacts {
  trustDomain: string;
  repository: Repository;
  revision: string;
  /** Empty for a push to a git repository. */
  pushlogId: string;
}

const firstMatch = (texts: unknown[], pattern: RegExp): RegExpMatchArray | undefined =>
  texts
    .map((text) => (typeof text === 'string' ? text.match(pattern) : null))
    .find((match) => match !== null);

const levelOf = (text: string | undefined): Repository['level'] | undefined =>
  ([1, 2, 3] as const).find((level) => String(level) === text);

/**
 * Reads a decision task's definition, as taskgraph writes it: schedulerId `<trust domain>-level-<level>`, a route
 * `tc-treeherder.v2.<project>.<revision>` and the environment variable `…_HEAD_REPOSITORY`.
 *
 * @throws Error whose message starts with the name of the field that is missing or wrong.
 */
export function decisionFacts(task: Record<string, unknown>): DecisionFacts {
  const scheduler = firstMatch([task['schedulerId']], /^(.+)-level-(\d)$/);
  const level = levelOf(scheduler?.[2]);
  if (!scheduler?.[1] || !level)
    throw new Error('schedulerId: not of the form <trust domain>-level-<1, 2 or 3>');

  const routes: unknown[] = Array.isArray(task['routes']) ? task['routes'] : [];
  const treeherder = firstMatch(routes, /^tc-treeherder\.v2\.([^.]+)\.([^.]+)(?:\.(\d+))?$/);
  const [, project, revision, pushlogInRoute] = treeherder ?? [];
  if (!project || !revision) throw new Error('routes: no route tc-treeherder.v2.<project>.<revision>');
  const pushlogId = pushlogInRoute ?? firstMatch(routes, /\.pushlog-id\.(\d+)\.decision$/)?.[1] ?? '';

  const env = isObject(task['payload']) && isObject(task['payload']['env']) ? task['payload']['env'] : {};
  const variable = Object.keys(env).find((name) => name.endsWith('_HEAD_REPOSITORY'));
  const url = variable === undefined ? undefined : env[variable];
  if (typeof url !== 'string' || !/^https:\/\/.*[^/]$/.test(url)) {
    throw new Error(
      'payload.env: no variable …_HEAD_REPOSITORY with an https URL without a slash at the end',
    );
  }
  return { trustDomain: scheduler[1], repository: { project, level, url }, revision, pushlogId };
}
