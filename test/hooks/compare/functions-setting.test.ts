import { describe, expect, it } from 'vitest';
import { compareFastActions } from '../../../hooks/compare/functions-setting.ts';
import { parseDeployment } from '../../../hooks/read/deployment.ts';
import { families } from '../../../hooks/read/families.ts';

const CLIENT = 'project/releng/retrigger-hooks/level-1/worker';

/** A trust domain whose hooks list these actions, and the setting of its level's stage. */
function compare(hooks: string, setting: string | undefined, { client = CLIENT, more = '' } = {}) {
  const text = `version: 1
worker: {clientId: ${client}, workerGroup: retrigger}
trustDomains:
  gecko:
    1: {permissions: [generic]${more}}
fastActions: [${hooks}]
`;
  const settings: Record<string, string> = setting === undefined ? {} : { FAST_ACTIONS: setting };
  return compareFastActions(families(parseDeployment(text, 'my.yml')), () => ({
    name: 'infra/stages/level1.yml',
    worker: { TASKCLUSTER_CLIENT_ID: CLIENT, ...settings },
    trigger: settings,
  }));
}

const DEFAULT = 'retrigger, retrigger-disabled, retrigger-multiple, rerun';

describe('the hooks’ list of fast actions and the functions’', () => {
  it.each([
    [DEFAULT, undefined],
    [DEFAULT, ''],
    [DEFAULT, 'other/cancel'],
    ['rerun, cancel', 'gecko/cancel,gecko/rerun, other/graph'],
  ])('agree: %s with %s', (hooks, setting) => {
    expect(compare(hooks, setting)).toEqual({ findings: [], unjudged: [] });
  });

  it.each([
    [`${DEFAULT}, cancel`, '', 'only the hooks list cancel'],
    ['rerun', 'gecko/rerun,gecko/graph', 'only the functions list graph'],
    [
      'rerun, cancel',
      'gecko/rerun,gecko/graph',
      'only the hooks list cancel and only the functions list graph',
    ],
  ])('differ: %s with %s', (hooks, setting, difference) => {
    expect(compare(hooks, setting).findings).toEqual(
      ['worker', 'trigger'].map((name) => ({
        hook: 'project-gecko/in-tree-action-1-generic/*',
        message: `fastActions and FAST_ACTIONS of infra/stages/level1.yml (${name}) differ: ${difference}`,
      })),
    );
    expect(compare(hooks, setting, { more: ', killSwitch: true' }).findings).toEqual([]);
  });

  it('cannot be compared if the setting is not known, which is reported if it matters', () => {
    const elsewhere = { client: 'project/elsewhere' };
    expect(compare(DEFAULT, '', elsewhere)).toEqual({ findings: [], unjudged: [] });
    expect(compare('rerun, cancel', '', elsewhere)).toEqual({
      findings: [],
      unjudged: ['FAST_ACTIONS of project/elsewhere, which must list for gecko: rerun, cancel'],
    });
    expect(compare('rerun, cancel', "${env:FAST_ACTIONS, ''}").unjudged).toEqual([
      'FAST_ACTIONS of infra/stages/level1.yml (worker), which must list for gecko: rerun, cancel',
      'FAST_ACTIONS of infra/stages/level1.yml (trigger), which must list for gecko: rerun, cancel',
    ]);
  });
});
