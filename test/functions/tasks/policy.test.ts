import { describe, expect, it } from 'vitest';
import type { TaskDefinition, TaskState } from '../../../functions/tasks/definition.ts';
import {
  type Circumstances,
  rerunVerdict,
  retriggerMark,
  retriggerVerdict,
  type Verdict,
} from '../../../functions/tasks/policy.ts';
import { DECISION, definition, id } from '../fixtures.ts';

const STATES: TaskState[] = ['unscheduled', 'pending', 'running', 'completed', 'failed', 'exception'];
const LEVELS = ['1', '2', '3'];
const WORD = { C: 'clone', R: 'rerun', '-': 'noop', U: 'unmarked', P: 'protected' } as const;
type Letter = keyof typeof WORD;

/** `extra.retrigger` and `tags.retrigger` of a task, and the verdict for each of the STATES, one letter each. */
const MARKS: [extra: unknown, tag: string | undefined, verdicts: Letter[]][] = [
  [true, undefined, ['C', 'C', 'C', 'C', 'C', 'C']],
  [false, undefined, ['-', '-', '-', 'R', 'R', 'R']],
  [undefined, 'true', ['C', 'C', 'C', 'C', 'C', 'C']],
  [undefined, 'false', ['-', '-', '-', '-', 'R', 'R']],
  [undefined, undefined, ['U', 'U', 'U', 'U', 'U', 'U']],
  // The RFC's key wins over the tag.
  [true, 'false', ['C', 'C', 'C', 'C', 'C', 'C']],
  [false, 'true', ['-', '-', '-', 'R', 'R', 'R']],
  // A value of the wrong type is no mark, but hides the other one.
  ['true', 'true', ['U', 'U', 'U', 'U', 'U', 'U']],
  [null, 'false', ['U', 'U', 'U', 'U', 'U', 'U']],
  [undefined, 'True', ['U', 'U', 'U', 'U', 'U', 'U']],
  [undefined, '', ['U', 'U', 'U', 'U', 'U', 'U']],
];

const target = id('target');

/** Decision, action and cron tasks, recognized in each possible way. */
const PRIVILEGED: Pick<TaskDefinition, 'tags' | 'extra' | 'scopes'>[] = [
  { tags: { kind: 'decision-task' } },
  { tags: { kind: 'action-callback' } },
  { tags: { kind: 'cron-task' } },
  { extra: { action: { name: 'release-promotion' } } },
  { extra: { cron: '{}' } },
  { extra: { tasks_for: 'action' } },
  { scopes: ['assume:repo:hg.mozilla.org/mozilla-central:action:release-promotion'] },
];

function under(level: string, changes: Partial<Circumstances> = {}): Circumstances {
  return { level, alone: false, force: false, ...changes };
}

function marked(extra: unknown, tag: string | undefined): TaskDefinition {
  return definition({
    tags: { kind: 'test', ...(tag === undefined ? {} : { retrigger: tag }) },
    extra: extra === undefined ? {} : { retrigger: extra },
  });
}

function wordOf(verdict: Verdict): string {
  return verdict.do === 'forward' ? verdict.because : verdict.do;
}

function verdictsOf(task: TaskDefinition, level: string): string[] {
  return STATES.map((state) =>
    wordOf(retriggerVerdict({ taskId: target, definition: task, state }, under(level))),
  );
}

describe.each(LEVELS)('retriggerVerdict at level %s', (level) => {
  it.each(MARKS)('extra %j, tag %j', (extra, tag, verdicts) => {
    expect(verdictsOf(marked(extra, tag), level)).toEqual(verdicts.map((letter) => WORD[letter]));
  });

  it('forwards an indexed task only at level 3', () => {
    const indexed = { ...marked(undefined, 'true'), routes: ['index.gecko.v2.autoland.latest.build'] };
    expect(verdictsOf(indexed, level)).toEqual(STATES.map(() => (level === '3' ? 'protected' : 'clone')));
  });

  it('forwards a task of a scriptworker that is marked as cloneable', () => {
    const scriptworker = { ...marked(true, undefined), taskQueueId: 'scriptworker-k8s/gecko-signing' };
    expect(verdictsOf(scriptworker, level)).toEqual(STATES.map(() => 'protected'));
  });

  it('gives protection as the reason for a task that is protected and unmarked', () => {
    const image = {
      ...marked(undefined, undefined),
      routes: ['index.gecko.cache.level-3.docker-images.v2.x.latest'],
    };
    expect(verdictsOf(image, level)).toEqual(STATES.map(() => 'protected'));
  });

  it.each(PRIVILEGED)(
    'neither clones nor reruns a task with the repository’s own rights: %j',
    (privileged) => {
      for (const [extra, tag] of MARKS) {
        const task = marked(extra, tag);
        const changed = {
          ...task,
          ...privileged,
          tags: { ...task.tags, ...privileged.tags },
          extra: { ...task.extra, ...privileged.extra },
        };
        expect(verdictsOf(changed, level)).toEqual(STATES.map(() => 'protected'));
      }
    },
  );

  it('reruns a protected task, since it stays the same task', () => {
    const scriptworker = {
      ...marked(undefined, 'false'),
      taskQueueId: 'scriptworker-k8s/gecko-signing',
      routes: ['index.gecko.v2.autoland.latest.signing'],
    };
    expect(verdictsOf(scriptworker, level).slice(3)).toEqual(['noop', 'rerun', 'rerun']);
  });
});

describe('rerunVerdict', () => {
  it.each<[TaskState, Verdict['do']]>([
    ['unscheduled', 'noop'],
    ['pending', 'noop'],
    ['running', 'noop'],
    ['completed', 'noop'],
    ['failed', 'rerun'],
    ['exception', 'rerun'],
  ])('%s → %s', (state, expected) => {
    expect(rerunVerdict({ taskId: target, definition: definition(), state }).do).toBe(expected);
  });

  it('forwards a decision, action or cron task in every state', () => {
    for (const privileged of PRIVILEGED) {
      for (const state of STATES) {
        expect(rerunVerdict({ taskId: target, definition: definition(privileged), state })).toStrictEqual({
          do: 'forward',
          because: 'protected',
          reason: 'it is a decision, action or cron task',
        });
      }
    }
    const decision = { taskId: DECISION, definition: definition(), state: 'failed' as const };
    expect(wordOf(rerunVerdict(decision))).toBe('protected');
  });

  it('reruns a build that is indexed at level 3, and a task on a scriptworker: each stays the same task', () => {
    for (const changes of [
      { routes: ['index.gecko.v2.autoland.latest.build'], payload: { features: { chainOfTrust: true } } },
      { taskQueueId: 'scriptworker-k8s/gecko-signing' },
    ])
      expect(rerunVerdict({ taskId: target, definition: definition(changes), state: 'failed' }).do).toBe(
        'rerun',
      );
  });
});

const reasonOf = (extra: unknown, tag: string | undefined, state: TaskState) =>
  retriggerVerdict({ taskId: target, definition: marked(extra, tag), state }, under('1')).reason;

describe('reasons', () => {
  it.each([
    ['extra.retrigger is true', true, undefined, 'failed'],
    ['tags.retrigger is true', undefined, 'true', 'failed'],
    ['extra.retrigger is false, and it is completed', false, undefined, 'completed'],
    ['tags.retrigger is false, and it is failed', undefined, 'false', 'failed'],
    ['it is already running', undefined, 'false', 'running'],
    [
      'its definition does not say whether it may be cloned (no extra.retrigger, no tags.retrigger)',
      undefined,
      undefined,
      'failed',
    ],
    ['it is waiting for its dependencies, and a rerun would ignore them', undefined, 'false', 'unscheduled'],
  ] as const)('%s', (reason, extra, tag, state) => {
    expect(reasonOf(extra, tag, state)).toBe(reason);
  });
});

const verdicts = (changes: Partial<Circumstances>, task = marked(undefined, undefined), level = '1') =>
  STATES.map((state) =>
    wordOf(retriggerVerdict({ taskId: target, definition: task, state }, under(level, changes))),
  );
const forced = (level: string, task: TaskDefinition) => new Set(verdicts({ force: true }, task, level));

describe('what the graph says of an unmarked task', () => {
  it('decides', () => {
    expect(new Set(verdicts({ cloneable: true }))).toEqual(new Set(['clone']));
    expect(verdicts({ cloneable: false })).toEqual(verdicts({}, marked(undefined, 'false')));
  });

  it('refuses a task that was requested on its own', () => {
    expect(new Set(verdicts({ cloneable: false, alone: true }))).toEqual(new Set(['refuse']));
    expect(new Set(verdicts({ cloneable: true, alone: true }))).toEqual(new Set(['clone']));
  });

  it('counts less than any mark', () => {
    for (const cloneable of [true, false]) {
      expect(verdicts({ cloneable }, marked(undefined, 'true'))).toEqual(verdicts({ cloneable: true }));
      expect(verdicts({ cloneable }, marked(false, 'true'))).toEqual(verdicts({}, marked(false, undefined)));
    }
  });

  it('does not let a protected task be cloned', () => {
    const indexed = { ...marked(undefined, undefined), routes: ['index.gecko.v2.latest'] };
    expect(new Set(verdicts({ cloneable: true }, indexed, '3'))).toEqual(new Set(['protected']));
  });
});

describe('force', () => {
  it('clones whatever the marks say, but no protected task', () => {
    for (const task of [marked(false, 'false'), marked(undefined, 'false'), marked(undefined, undefined)]) {
      expect(forced('1', task)).toEqual(new Set(['clone']));
      expect(forced('3', { ...task, routes: ['index.gecko.v2.latest'] })).toEqual(new Set(['protected']));
      expect(forced('1', { ...task, scopes: ['assume:repo:x'] })).toEqual(new Set(['protected']));
    }
  });
});

it('reruns a single task whose tag says so, and does not refuse it as the graph would', () => {
  expect(verdicts({ alone: true }, marked(undefined, 'false'))).toEqual(
    verdicts({}, marked(undefined, 'false')),
  );
});

it('says why it reruns', () => {
  expect(rerunVerdict({ taskId: target, definition: definition(), state: 'failed' })).toEqual({
    do: 'rerun',
    reason: 'a rerun was requested, and it is failed',
  });
});

it('says why a build that has completed is not run again', () => {
  expect(rerunVerdict({ taskId: target, definition: definition(), state: 'completed' })).toEqual({
    do: 'noop',
    reason: 'it completed, and tasks of its kind are only rerun if they failed',
  });
});

it('finds no mark without extra and tags', () => {
  expect(retriggerMark({})).toBeUndefined();
});
