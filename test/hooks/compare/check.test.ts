import { describe, expect, it } from 'vitest';
import { checkHook } from '../../../hooks/compare/check.ts';
import { FAST_ACTIONS } from '../../../functions/platform/fast-actions.ts';
import type { Subject } from '../../../hooks/render/subjects.ts';
import type { HookDefinition, JsonObject } from '../../../hooks/read/definition.ts';
import { subjects } from '../../../hooks/render/subjects.ts';
import triggerSchema from '../../../functions/actions/payload.schema.json' with { type: 'json' };
import { fullCopy, wrapHook } from '../../../hooks/render/wrap.ts';
import { gitHook, hgHook, NOW, SETTINGS } from '../hooks.ts';
import { CONFIG, deployment, REPOSITORY_ROLE, ROLE_ID, TRIGGER_GRANT } from '../service.ts';

const ROLE_SCOPES = [
  'assume:repo:hg.mozilla.org/try:action:generic',
  TRIGGER_GRANT,
  ...REPOSITORY_ROLE.scopes,
];

function subject(original: HookDefinition, changes: Partial<Subject> = {}): Subject {
  return {
    original,
    wanted: wrapHook(original, SETTINGS),
    full: fullCopy(original),
    mode: 'wrap',
    taskQueueId: SETTINGS.taskQueueId,
    fastActions: SETTINGS.fastActions,
    source: { url: 'https://hg.mozilla.org/try', project: 'try', level: 1, pullRequest: false },
    roleScopes: undefined,
    ...changes,
  };
}

const messages = (checked: Subject) => [
  ...new Set(checkHook(checked, NOW).findings.map(({ message }) => message)),
];

/** The wrapped hook after a careless edit of its text. */
function tampered(from: string, to: string): Subject {
  const good = subject(hgHook());
  const text = JSON.stringify(good.wanted.task);
  if (!text.includes(from)) throw new Error(`the wrapper has no ${from}`);
  const task: JsonObject = JSON.parse(text.replaceAll(from, to));
  return { ...good, wanted: { ...good.wanted, task } };
}

describe('check', () => {
  it.each([
    ['hg', hgHook()],
    ['git', gitHook()],
  ])('finds nothing wrong with a wrapped %s hook, for all payloads', (_name, hook) => {
    expect(checkHook(subject(hook), NOW)).toMatchObject({
      findings: [],
      rendered: 96,
      refused: 0,
      failing: 0,
    });
  });

  it.each([
    ...FAST_ACTIONS.map((name) => [...new Set([...SETTINGS.fastActions, name])]),
    [...FAST_ACTIONS],
    ['cancel-all'],
    ['downstream', 'graph'],
  ])('finds nothing wrong whatever is fast: %s', (...fastActions) => {
    const wanted = wrapHook(hgHook(), { ...SETTINGS, fastActions });
    expect(messages(subject(hgHook(), { wanted, fastActions }))).toEqual([]);
  });

  it('counts what today’s template cannot render, and finds a template that renders nothing', () => {
    const needsBranch = {
      ...hgHook(),
      task: { $let: { b: '${payload.decision.push.branch}' }, in: hgHook().task },
    };
    expect(checkHook(subject(needsBranch), NOW)).toMatchObject({
      findings: [],
      rendered: 96,
      refused: 0,
      failing: 24,
    });
    const broken = { ...hgHook(), task: { $eval: 'nonsense' } };
    expect(messages(subject(broken))).toEqual([
      'its template renders with none of the payloads, wrapped or not',
    ]);
  });

  it('renders pull request payloads for pull request hooks', () => {
    const hook = { ...gitHook(), hookId: 'in-tree-pr-action-1-generic/0123456789' };
    const source = { url: 'https://github.com/a/b', project: 'b', level: 1, pullRequest: true };
    expect(checkHook(subject(hook, { source }), NOW)).toMatchObject({
      findings: [],
      rendered: 24,
      refused: 0,
      failing: 0,
    });
  });

  it('counts what the hook’s own schema refuses, as it does today', () => {
    const strict: JsonObject = structuredClone(triggerSchema);
    const hook = { ...hgHook(), triggerSchema: strict };
    expect(checkHook(subject(hook), NOW)).toMatchObject({
      findings: [],
      rendered: 96,
      refused: 0,
      failing: 0,
    });
    const text = JSON.stringify(strict).replace('"base_revision":{"type":"string"},', '');
    const older: JsonObject = JSON.parse(text);
    expect(checkHook(subject({ ...hook, triggerSchema: older }), NOW)).toMatchObject({
      findings: [],
      rendered: 48,
      refused: 48,
      failing: 0,
    });
    const nothing = { ...hook, triggerSchema: { type: 'object', additionalProperties: false } };
    expect(messages(subject(nothing))).toEqual([
      'its triggerSchema refuses every payload that Treeherder would send',
    ]);
  });

  it.each([
    [{ $schema: 'https://json-schema.org/draft/2020-12/schema' }, 'no schema with key or ref'],
    [{ type: 'object', colour: 'red' }, 'unknown keyword: "colour"'],
    [{ type: 'objekt' }, 'type'],
  ])('finds a trigger schema that the service could not compile: %j', (schema, message) => {
    const [found, ...more] = messages(subject({ ...hgHook(), triggerSchema: schema }));
    expect(found).toContain('triggerSchema does not compile');
    expect(found).toContain(message);
    expect(more).toEqual([]);
  });

  it('finds a wrapper that changes other actions', () => {
    expect(
      messages(
        tampered('"else":{"$if":"defined(\'originalTask\')","then":{"$eval":"originalTask"}}', '"else":{}'),
      ),
    ).toEqual(['renders a different task than today, for an action that is not fast']);
  });

  it('finds a wrapper that does not work', () => {
    expect(messages(tampered('"fastActions":["retrigger",', '"fastActions":['))).toEqual([
      'does not render a task for gecko-1/retrigger, for a fast action',
    ]);
    expect(messages(tampered("['downstream']", "['nothing']"))).toEqual([
      'renders a different task than today, for an action that is not fast',
    ]);
    const all = subject(hgHook(), {
      wanted: wrapHook(hgHook(), { ...SETTINGS, fastActions: [...FAST_ACTIONS] }),
    });
    expect(messages(all)).toEqual(['renders a different task than today, for an action that is not fast']);
    expect(messages({ ...all, fastActions: [...FAST_ACTIONS, 'retrigger-decision'] })).toEqual([
      'does not render a task for gecko-1/retrigger, for a fast action',
    ]);
    expect(messages(tampered('{"$eval":"triggeredBy"}', '{"$eval":"nobody"}'))).toEqual([
      'rendering fails with InterpreterError',
    ]);
  });

  it('finds loops', () => {
    expect(
      messages(
        tampered(
          'hooks:trigger-hook:${retriggerHooks.full.hookGroupId}/${retriggerHooks.full.hookId}',
          'hooks:trigger-hook:project-gecko/*',
        ),
      ),
    ).toEqual(['a loop is possible: the action task may trigger the hook that made it']);
    const good = subject(hgHook());
    expect(messages({ ...good, full: { ...fullCopy(hgHook()), task: good.wanted.task } })).toEqual([
      'the full copy is not the original template: forwards could loop',
    ]);
  });

  it('finds an action task that could not forward, or that the worker could not read', () => {
    expect(messages(tampered('retriggerHooks.full.hookId}', 'retriggerHooks.full.hookId}x'))).toEqual([
      'the action task may not trigger the full hook, so it could not forward',
    ]);
    expect(messages(tampered('"payload":{"version":1,', '"payload":{"version":2,'))).toEqual([
      'payload/version must be equal to constant',
    ]);
  });

  it('finds a task that the queue would refuse', () => {
    expect(messages(tampered('"retries":5', '"retries":50'))).toEqual([
      'createTask would refuse it: task/retries must be <= 49',
    ]);
  });

  it('checks the role: today’s scopes are enough, but not for a higher priority', () => {
    expect(messages(subject(hgHook(), { roleScopes: ROLE_SCOPES }))).toEqual([]);
    const without = ROLE_SCOPES.filter((scope) => scope !== TRIGGER_GRANT);
    expect(messages(subject(hgHook(), { roleScopes: without }))).toEqual([
      "the hook's role lacks hooks:trigger-hook:project-gecko/in-tree-action-1-generic/ab12cd34ef/full",
    ]);
    const urgent = subject(hgHook(), {
      wanted: wrapHook(hgHook(), { ...SETTINGS, priority: 'highest' }),
      roleScopes: ROLE_SCOPES,
    });
    expect(messages(urgent)).toEqual(["the hook's role lacks queue:create-task:highest:gecko-1/retrigger"]);
  });

  it('accepts in snippet mode a repository with and without the snippet', () => {
    const plain = hgHook();
    const wrapper = wrapHook(plain, SETTINGS).task.in ?? null;
    const adopted = {
      ...plain,
      task: { ...plain.task, in: { $let: { originalTask: plain.task.in ?? null }, in: wrapper } },
    };
    for (const hook of [plain, adopted]) {
      const wanted = wrapHook(hook, { ...SETTINGS, mode: 'snippet' });
      expect(checkHook(subject(hook, { wanted, mode: 'snippet' }), NOW)).toMatchObject({
        findings: [],
        rendered: 96,
        refused: 0,
        failing: 0,
      });
    }
  });
});

it('checks quickly with one payload for each fast action, whatever pushes the template is for', () => {
  expect(checkHook(subject(hgHook()), NOW, 'quick')).toMatchObject({ findings: [], rendered: 5, failing: 0 });
  // It needs the branch, which pushes to Mercurial mostly lack.
  const branches = JSON.stringify(hgHook().task).replaceAll('push.pushlog_id', 'push.branch');
  const picky = { ...hgHook(), task: JSON.parse(branches) };
  expect(checkHook(subject(picky), NOW, 'quick')).toMatchObject({ findings: [], rendered: 15, failing: 10 });
  const loop = tampered('/full"', '"');
  expect(checkHook(loop, NOW, 'quick').findings).toHaveLength(5);
});

describe('what is checked', () => {
  it('is every hook of the configuration, with a repository that its role covers', () => {
    const { subjects: all } = subjects(
      [hgHook(), hgHook('0123456789', 3), gitHook(), fullCopy(hgHook())],
      deployment(),
      '*',
      new Map([[`role:${ROLE_ID}`, ROLE_SCOPES]]),
    );
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({
      original: hgHook(),
      source: { url: 'https://hg.mozilla.org/try', project: 'try' },
    });
  });

  it('checks a global hook in the same way', () => {
    const global = deployment(`${CONFIG}mode: global\nowner: releng@example.com\n`);
    const [only] = subjects([], global, '*', new Map()).subjects;
    expect(only === undefined ? undefined : checkHook(only, NOW)).toMatchObject({
      findings: [],
      rendered: 56,
      refused: 40,
      failing: 0,
    });
  });
});
