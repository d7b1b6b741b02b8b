import type { Deployment } from './deployment.ts';
import { REVISION } from './definitions.ts';

/** Labels that the push's decision task knows but did not schedule. */
export const NEW_BUILD = 'build-new';
export const NEW_TEST = 'test-new';

/**
 * `public/full-task-graph.json` as taskgraph writes it: a test and its build that were not scheduled, and another
 * build, of the push, that the test also needs.
 */
export function fullTaskGraph(deployment: Deployment): Record<string, unknown> {
  const entries = [
    entry(deployment, 'build-linux', {}),
    entry(deployment, NEW_BUILD, {}),
    entry(deployment, NEW_TEST, { build: NEW_BUILD, helper: 'build-linux' }),
  ];
  return Object.fromEntries(entries.map((one) => [one.label, one]));
}

const after = (time: string) => ({ 'relative-datestamp': time });

function entry(
  { trustDomain, repository, schedulerId }: Deployment,
  label: string,
  dependencies: Record<string, string>,
) {
  return {
    label,
    kind: label.startsWith('build') ? 'build' : 'test',
    description: label,
    attributes: { retrigger: label.startsWith('test') },
    dependencies,
    soft_dependencies: [],
    if_dependencies: [],
    optimization: null,
    task: {
      provisionerId: `${trustDomain}-1`,
      workerType: 'nobody',
      schedulerId,
      priority: 'low',
      created: after('0 seconds'),
      deadline: after('1 day'),
      expires: after('7 days'),
      scopes: [],
      routes: [`tc-treeherder.v2.${trustDomain}.${REVISION}`],
      payload: {
        maxRunTime: 3600,
        env: Object.fromEntries(
          Object.keys(dependencies).map((edge) => [
            `${edge.toUpperCase()}_URL`,
            { 'artifact-reference': `<${edge}/public/target.tar.gz>` },
          ]),
        ),
      },
      metadata: {
        name: label,
        description: {
          'task-reference': `[Job](https://treeherder.example.com/#/jobs?selectedTaskRun=<self>)`,
        },
        owner: 'nobody@example.com',
        source: `${repository.url}/file/${REVISION}`,
      },
      tags: { kind: 'test', label },
      extra: { treeherder: { symbol: 'n', tier: 1 } },
    },
  };
}
