import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_FAST_ACTIONS, FAST_ACTIONS } from '../../../functions/platform/fast-actions.ts';
import { DeploymentError, loadDeployment, parseDeployment } from '../../../hooks/read/deployment.ts';

const EXAMPLE = new URL('../../../hooks/deployment.example.yml', import.meta.url).pathname;
const MINIMAL = `version: 1
worker: {workerGroup: retrigger-hooks}
trustDomains:
  gecko:
    1:
      permissions: [generic]
`;

function problems(text: string): string[] {
  try {
    parseDeployment(text, 'my.yml');
  } catch (error) {
    if (error instanceof DeploymentError) return error.problems;
    throw error;
  }
  return [];
}

describe('the deployment’s configuration', () => {
  it('reads the example', () => {
    expect(loadDeployment(EXAMPLE)).toEqual({
      mode: 'wrap',
      manageRoles: false,
      workerGroup: 'retrigger-hooks',
      owner: null,
      levels: [
        {
          trustDomain: 'gecko',
          level: 1,
          permissions: ['generic'],
          pullRequestActions: false,
          killSwitch: false,
          fastActions: [...DEFAULT_FAST_ACTIONS],
          priority: null,
          taskQueueId: 'gecko-1/retrigger',
          workerClientId: 'project/releng/retrigger-hooks/level-1/worker',
        },
        {
          trustDomain: 'gecko',
          level: 3,
          permissions: ['generic'],
          pullRequestActions: false,
          killSwitch: true,
          fastActions: [...DEFAULT_FAST_ACTIONS],
          priority: null,
          taskQueueId: 'gecko-3/retrigger',
          workerClientId: 'project/releng/retrigger-hooks/level-3/worker',
        },
      ],
    });
  });

  it('fills in the example’s values if a file leaves them out', () => {
    const { levels, ...rest } = loadDeployment(EXAMPLE);
    expect(parseDeployment(MINIMAL, 'my.yml')).toEqual({ ...rest, levels: levels.slice(0, 1) });
  });

  it('accepts another client for the worker, and requires one if no stage has it', () => {
    const named = MINIMAL.replace('worker: {', 'worker: {clientId: project/other, ');
    expect(parseDeployment(named, 'my.yml').levels[0]?.workerClientId).toBe('project/other');
    expect(problems(MINIMAL.replace('    1:', '    2:'))).toEqual([
      'my.yml:1: worker.clientId: is needed, since infra/stages/level2.yml names none for level 2',
    ]);
  });

  it('lets a level differ from the rest', () => {
    const text = `${MINIMAL}      priority: low\n      taskQueueName: quick\n    3: {permissions: [generic]}\npriority: medium\n`;
    expect(parseDeployment(text, 'my.yml').levels).toMatchObject([
      { level: 1, priority: 'low', taskQueueId: 'gecko-1/quick' },
      { level: 3, priority: 'medium', taskQueueId: 'gecko-3/retrigger' },
    ]);
  });

  it('lets a trust domain have its own fast actions, for all its levels', () => {
    const text = `${MINIMAL}    3: {permissions: [generic]}
    fastActions: [rerun, cancel]
  app:
    1: {permissions: [generic]}
fastActions: [retrigger, graph]
`;
    expect(parseDeployment(text, 'my.yml').levels).toMatchObject([
      { trustDomain: 'gecko', level: 1, fastActions: ['rerun', 'cancel'] },
      { trustDomain: 'gecko', level: 3, fastActions: ['rerun', 'cancel'] },
      { trustDomain: 'app', level: 1, fastActions: ['retrigger', 'graph'] },
    ]);
    expect(problems(text.replace('cancel]', 'backfill]'))).toEqual([
      `my.yml:8: trustDomains.gecko.fastActions.1: must be one of ${FAST_ACTIONS.join(', ')}`,
    ]);
    expect(problems(text.replace('    1: {permissions: [generic]}', '    fastActions: [rerun]'))).toEqual([
      'my.yml:9: trustDomains.app: needs a level besides fastActions',
    ]);
  });

  it.each([
    [
      'an unknown field',
      'killswitch: true',
      'my.yml:7: trustDomains.gecko.1.killswitch: is not a known field',
    ],
    [
      'a wrong type',
      'killSwitch: yes please',
      'my.yml:7: trustDomains.gecko.1.killSwitch: must be true or false',
    ],
    [
      'a wrong value',
      'priority: urgent',
      'my.yml:7: trustDomains.gecko.1.priority: must be one of original, highest, very-high, high, medium, low, very-low, lowest',
    ],
    [
      'a queue name that the queue would refuse',
      'taskQueueName: Retrigger',
      'my.yml:7: trustDomains.gecko.1.taskQueueName: must be 1 to 38 lower-case letters, digits and dashes, with a letter first',
    ],
    ['a field that is there twice', 'permissions: []', 'my.yml:7: Map keys must be unique'],
    [
      'a number for a name',
      'taskQueueName: 12',
      'my.yml:7: trustDomains.gecko.1.taskQueueName: must be a text; put it in quotes',
    ],
    [
      'an alias without an anchor',
      'priority: *low',
      'my.yml: Unresolved alias (the anchor must be set before the alias): low',
    ],
  ])('names file, line and field of %s', (_name, line, message) => {
    expect(problems(`${MINIMAL}      ${line}\n`)).toEqual([message]);
  });

  it('reports a field with an unknown name once', () => {
    expect(problems(`${MINIMAL}    fastaction: [rerun]\n`)).toEqual([
      'my.yml:7: trustDomains.gecko.fastaction: is not a level from 1 to 9, or fastActions',
    ]);
  });

  it('refuses a second document', () => {
    expect(problems(`${MINIMAL}---\n${MINIMAL}`)).toEqual([
      'my.yml:7: must be the only document, without another ---',
    ]);
  });

  it('names a file that cannot be read', () => {
    expect(() => loadDeployment('/nowhere.yml')).toThrow(
      "/nowhere.yml cannot be read: ENOENT: no such file or directory, open '/nowhere.yml'",
    );
    expect(() => loadDeployment('/')).toThrow('/ cannot be read: EISDIR');
  });

  it('lists all problems at once', () => {
    const text = MINIMAL.replace('version: 1', 'version: 2').replace(
      '[generic]',
      '[generic, generic, "a b"]',
    );
    expect(problems(`${text}fastActions: [backfill]\n`)).toEqual([
      'my.yml:1: version: must be 1',
      `my.yml:7: fastActions.0: must be one of ${FAST_ACTIONS.join(', ')}`,
      'my.yml:6: trustDomains.gecko.1.permissions.2: must be 1 to 100 letters, digits, - and _',
      'my.yml:6: trustDomains.gecko.1.permissions: must not name anything twice',
    ]);
  });

  it('names the mapping that lacks a field, and an invalid level', () => {
    expect(problems(MINIMAL.replace('permissions: [generic]', 'killSwitch: true'))).toEqual([
      'my.yml:5: trustDomains.gecko.1: lacks permissions',
    ]);
    expect(problems(MINIMAL.replace('    1:', '    one:'))).toEqual([
      'my.yml:5: trustDomains.gecko.one: is not a level from 1 to 9, or fastActions',
    ]);
  });

  it('in mode global, refuses what a global hook cannot do', () => {
    const text = MINIMAL.replace('permissions:', 'killSwitch: true\n      permissions:');
    expect(problems(`${text}mode: global\n`)).toEqual([
      'my.yml:1: (the whole file): lacks owner',
      'my.yml:6: trustDomains.gecko.1.killSwitch: must be false',
    ]);
    expect(parseDeployment(`${MINIMAL}mode: global\nowner: a@example.com\n`, 'my.yml').owner).toBe(
      'a@example.com',
    );
  });

  it('names the line of a YAML error, and refuses a file of the wrong shape', () => {
    expect(problems(`${MINIMAL}version: 1\n`)).toEqual(['my.yml:7: Map keys must be unique']);
    expect(problems('')).toEqual(['my.yml:1: (the whole file): must be a mapping']);
    expect(problems('- a')).toEqual(['my.yml:1: (the whole file): must be a mapping']);
  });

  it('has an example whose comments say what each field is for', () => {
    const text = readFileSync(EXAMPLE, 'utf8');
    const uncommented = text
      .split('\n')
      .filter((line, i, all) => /^[a-z]/i.test(line) && !/^$|^#/.test(all[i - 1] ?? ''));
    expect(uncommented).toEqual([]);
  });
});
