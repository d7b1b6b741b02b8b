import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FAST_ACTIONS } from '../../functions/platform/fast-actions.ts';
import { parseDeployment, type Deployment } from '../../hooks/read/deployment.ts';
import { families } from '../../hooks/read/families.ts';
import { readStage } from '../../hooks/read/stage.ts';
import { grants } from '../../hooks/render/grants.ts';
import { useDirectWay } from '../support/direct-way.ts';
import { aTest } from '../support/push-tasks.ts';
import { payloadOf, requestsPayload, trigger } from '../support/requests.ts';

const page = await readFile('docs/adopting.md', 'utf8');
const [, toGrant = ''] = page.split('\n## What to grant\n');
const [granted = ''] = toGrant.split('\n## ');

/** The configuration of "The commands, from nothing". */
function example(more = ''): Deployment {
  const [, text = ''] = /\n( +version: 1\n[^]*?)\n\n/.exec(page) ?? [];
  return parseDeployment(`${text.replaceAll(/^ +/gm, '')}\n${more}`, 'docs/adopting.md');
}

const way = useDirectWay();

describe('docs/adopting.md', () => {
  it('names every scope that the tool asks for, whatever is fast', () => {
    const deployment = example(`fastActions: [${FAST_ACTIONS.join(', ')}]`);
    const needed = grants(deployment, families(deployment)).map(({ scope }) =>
      scope
        .replaceAll('in-tree-action-1-generic', 'in-tree-action-<level>-<perm>')
        .replaceAll('gecko-1', '<td>-<level>')
        .replaceAll('gecko-level-1', '<td>-level-<level>')
        .replaceAll('project-gecko', 'project-<td>')
        .replaceAll('worker-id:retrigger-hooks', 'worker-id:<workerGroup>'),
    );
    expect(needed.length).toBeGreaterThan(5);
    expect(needed.filter((scope) => !granted.includes(`\`${scope}\``))).toEqual([]);
  });

  it('makes the client that the stage and the configuration name', () => {
    const { TASKCLUSTER_CLIENT_ID: clientId = '' } = readStage(1).worker;
    const [level] = families(example()).map((family) => family.level);
    expect(level?.workerClientId).toBe(clientId);
    expect(page).toContain(`createClient ${clientId} <<`);
    expect(page).toContain(`TASKCLUSTER_CLIENT_ID=${clientId} `);
  });

  it('names the scopes with which the direct way works', async () => {
    const clientId = 'project/the-direct-way';
    const table = granted.slice(granted.indexOf('The direct way'), granted.indexOf('To run `apply`'));
    const scopes = [...table.matchAll(/`([\w-]+:[^`]+)`/g)].map(([, scope = '']) =>
      scope.replaceAll('<td>', 'gecko').replaceAll('<level>', '3').replaceAll('<its clientId>', clientId),
    );
    const { tc } = way();
    // What the user's own browser reads is not the function's to be granted.
    tc.createRole('anonymous', ['queue:create-task:project:none']);
    way().deploy({ credentials: tc.createClient(clientId, scopes) });

    const push = way().newPush();
    const payload = requestsPayload(push, [{ tasks: [aTest(push).label] }]);
    await trigger(way(), payload);
    expect(way().writes()).toMatchObject([{ method: 'createTask', status: 200 }]);
    expect(tc.calls().filter(({ status }) => status === 403)).toEqual([]);

    await trigger(way(), payloadOf(push, 'backfill', { taskId: aTest(push).taskId, input: {} }));
    expect(way().writes().at(-1)).toMatchObject({ method: 'triggerHook', status: 200 });
    expect(tc.calls().filter(({ status }) => status === 403)).toEqual([]);
  });
});
