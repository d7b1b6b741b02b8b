import { describe, expect, it } from 'vitest';
import { createTaskScopes, missingChoices } from '../../../hooks/compare/scopes.ts';
import { completeTask, identityOf, taskProblems } from '../../../hooks/compare/task-rules.ts';
import { DECISION_TASK_ID, NOW, OWN_TASK_ID } from '../hooks.ts';

const TASK = {
  created: NOW,
  deadline: '2026-05-05T10:00:00.000Z',
  expires: '2027-05-04T10:00:00.000Z',
  taskQueueId: 'gecko-1/retrigger',
  payload: {},
  metadata: { name: 'n', description: 'd', owner: 'o', source: 'https://example.com' },
};

describe('what createTask accepts', () => {
  it.each([
    [{}, []],
    [{ created: '2026-05-04T10:14:00.000Z' }, []],
    [{ created: '2026-05-04T10:16:00.000Z' }, ['created is not within 15 minutes of now']],
    [{ created: '2026-05-04T09:44:00.000Z' }, ['created is not within 15 minutes of now']],
    [{ deadline: NOW }, ['deadline is not after created']],
    [{ deadline: '2026-05-09T10:00:01.000Z' }, ['deadline is more than 5 days ahead']],
    [{ expires: '2026-05-05T10:00:00.000Z' }, ['expires is not after deadline']],
    [{ provisionerId: 'gecko-1', workerType: 'retrigger' }, []],
    [{ provisionerId: 'gecko-1', workerType: 'other' }, ['taskQueueId is not provisionerId/workerType']],
    [{ taskQueueId: 'gecko-1/Retrigger' }, [expect.stringContaining('task/taskQueueId must match pattern')]],
    [{ taskGroupId: 'not-a-slugid' }, [expect.stringContaining('task/taskGroupId must match pattern')]],
    [{ taskId: OWN_TASK_ID }, ['task must NOT have additional properties']],
    [{ routes: ['a', 'a'] }, [expect.stringContaining('task/routes must NOT have duplicate items')]],
    [{ tags: { a: 1 } }, ['task/tags/a must be string']],
    [{ scopes: ['ü'] }, [expect.stringContaining('task/scopes/0 must match pattern')]],
    [
      { metadata: { ...TASK.metadata, source: 'nowhere' } },
      [expect.stringContaining('task/metadata/source')],
    ],
  ])('with %j: %j', (change, problems) => {
    expect(taskProblems({ ...TASK, ...change }, NOW)).toEqual(problems);
  });

  it('needs a task queue', () => {
    const { taskQueueId: _taskQueueId, ...without } = TASK;
    expect(taskProblems(without, NOW)).toEqual(['neither taskQueueId nor provisionerId and workerType']);
  });

  it('is how the hooks service completes a template', () => {
    const { created: _c, deadline: _d, expires: _e, ...bare } = TASK;
    const task = completeTask(bare, OWN_TASK_ID, NOW);
    expect(task).toMatchObject({
      created: NOW,
      deadline: '2026-05-05T10:00:00.000Z',
      expires: '2026-06-03T10:00:00.000Z',
      taskGroupId: OWN_TASK_ID,
    });
    expect(taskProblems(task, NOW)).toEqual([]);
    expect(completeTask({ ...TASK, taskGroupId: DECISION_TASK_ID }, OWN_TASK_ID, NOW).taskGroupId).toBe(
      DECISION_TASK_ID,
    );
  });
});

describe('scopes', () => {
  it.each([
    [['a:b'], 'a:b', true],
    [['a:*'], 'a:b', true],
    [['a:*'], 'a:*', true],
    [['a*'], 'a:b/*', true],
    [['a:b'], 'a:*', false],
    [['a:b'], 'a:bc', false],
    [['*'], 'anything', true],
    [[], 'a', false],
  ])('%j hold %s: %s', (held, required, answer) => {
    expect(missingChoices(held, [[required]])).toEqual(answer ? [] : [required]);
  });

  it('lists what createTask requires, with higher priorities as alternatives', () => {
    const identity = identityOf({ ...TASK, scopes: ['s'], routes: ['r'], priority: 'low' });
    expect(createTaskScopes(identity)).toEqual([
      ['s'],
      ['queue:route:r'],
      ['low', 'medium', 'high', 'very-high', 'highest'].map(
        (p) => `queue:create-task:${p}:gecko-1/retrigger`,
      ),
      ['queue:scheduler-id:-'],
      ['queue:create-task:project:none'],
    ]);
    const held = ['s', 'queue:route:*', 'queue:create-task:high:gecko-1/*'];
    expect(missingChoices(held, createTaskScopes(identity))).toEqual([
      'queue:scheduler-id:-',
      'queue:create-task:project:none',
    ]);
    expect(missingChoices(['queue:*', 's'].slice(1), createTaskScopes(identity))).toContain(
      'queue:create-task:low:gecko-1/retrigger (or a higher priority)',
    );
  });
});
