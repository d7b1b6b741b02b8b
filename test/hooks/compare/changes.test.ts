import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrapChanges, wantedChanges, type HookChange } from '../../../hooks/compare/changes.ts';
import { hookPath } from '../../../functions/tasks/hook-name.ts';
import type { HookDefinition } from '../../../hooks/read/definition.ts';
import { families, globMatcher, matchHook } from '../../../hooks/read/families.ts';
import { grants } from '../../../hooks/render/grants.ts';
import { globalHook } from '../../../hooks/render/global.ts';
import { fullCopy, wrapHook } from '../../../hooks/render/wrap.ts';
import { hook } from '../arbitraries.ts';
import { SETTINGS } from '../hooks.ts';
import { CONFIG, deployment } from '../service.ts';

/** The state of the service after the changes. */
function changed(live: HookDefinition[], changes: HookChange[]): HookDefinition[] {
  const after = new Map(live.map((one) => [hookPath(one), one]));
  for (const change of changes) {
    if (change.before !== null) after.delete(hookPath(change.before));
    if (change.after !== null) after.set(hookPath(change.after), change.after);
  }
  return [...after.values()].toSorted((a, b) => (hookPath(a) < hookPath(b) ? -1 : 1));
}

const ours = ({ hookId }: HookDefinition) => hookId.startsWith('in-tree-action-1-generic/');
const all = (state: HookDefinition[]) =>
  wantedChanges(state, deployment()).units.flatMap((unit) => unit.changes);

const named = fc
  .tuple(
    hook,
    fc.constantFrom('a', 'b', 'c'),
    fc.constantFrom('in-tree-action-1-generic', 'in-tree-action-2-generic', 'other'),
  )
  .map(([one, letter, prefix]): HookDefinition => ({ ...one, hookId: `${prefix}/${letter.repeat(10)}` }));
const group = fc.uniqueArray(named, { selector: hookPath, maxLength: 5 });
/** Some hooks are already wrapped, some have a full copy, and some full copies are left without their hook. */
const live = fc.tuple(group, fc.array(fc.nat(4), { minLength: 5, maxLength: 5 })).map(([hooks, states]) =>
  hooks.flatMap((one, i): HookDefinition[] => {
    const old = wrapHook(one, { ...SETTINGS, fastActions: ['rerun'] });
    const variants = [
      [one],
      [old],
      [old, fullCopy(one)],
      [fullCopy(one)],
      [wrapHook(one, SETTINGS), fullCopy(one)],
    ];
    return variants[states[i] ?? 0] ?? [];
  }),
);

describe('for every state of the service', () => {
  it('the changes lead to a state that needs none, and affect nothing else', () => {
    fc.assert(
      fc.property(live, (before) => {
        const changes = wantedChanges(before, deployment());
        const after = changed(
          before,
          changes.units.flatMap((unit) => unit.changes),
        );
        expect(changes.problems).toEqual([]);
        expect(wantedChanges(after, deployment()).units).toEqual([]);
        expect(after.filter((one) => !ours(one))).toEqual(
          changed(
            before.filter((one) => !ours(one)),
            [],
          ),
        );
      }),
    );
  });

  it('after an interruption at any write, the next changes still lead there', () => {
    fc.assert(
      fc.property(live, fc.nat(10), (before, stop) => {
        const wanted = changed(before, all(before));
        const midway = changed(before, all(before).slice(0, stop));
        expect(changed(midway, all(midway))).toEqual(wanted);
        // And every wrapped hook can forward: it has its full copy.
        const paths = new Set(midway.map(hookPath));
        const settled = midway.filter((one) => isDeepStrictEqual(one, wrapHook(one, SETTINGS)));
        const mine = settled.filter(ours);
        expect(
          mine.filter((one) => !one.hookId.endsWith('/full') && !paths.has(`${hookPath(one)}/full`)),
        ).toEqual([]);
      }),
    );
  });

  it('unwrapping restores the original state', () => {
    fc.assert(
      fc.property(group, (before) => {
        const wrapped = changed(
          before,
          wantedChanges(before, deployment()).units.flatMap((unit) => unit.changes),
        );
        const back = changed(
          wrapped,
          unwrapChanges(wrapped, deployment()).units.flatMap((unit) => unit.changes),
        );
        expect(back).toEqual(changed(before, []));
      }),
    );
  });
});

describe('unwrapping', () => {
  // Pull request actions share the global hook of their level.
  const config = deployment(CONFIG.replace('permissions:', 'pullRequestActions: true, permissions:'));
  const [global] = families(config)
    .slice(0, 1)
    .map((family) => globalHook(family, 'a@example.com'));

  it('removes the global hooks of an earlier mode, each once', () => {
    if (!global) throw new Error('there is no family');
    const { units } = unwrapChanges([global], config);
    expect(units.flatMap(({ changes }) => changes)).toEqual([{ before: global, after: null }]);
  });

  it('leaves alone what only has the name of a global hook', () => {
    if (!global) throw new Error('there is no family');
    expect(unwrapChanges([{ ...global, task: { payload: {} } }], config).units).toEqual([]);
  });
});

const reading = (level: number) =>
  ['queue:get-artifact:public/*', 'queue:get-task:*', 'queue:status:*', 'index:list-tasks:*'].map(
    (scope) => `role:hook-id:project-gecko/in-tree-action-${level}-generic/* ${scope}`,
  );

describe('names', () => {
  const everyFamily = families(
    deployment(CONFIG.replace('permissions:', 'pullRequestActions: true, permissions:')),
  );
  it.each([
    ['project-gecko', 'in-tree-action-1-generic/ab12cd34ef', true],
    ['project-gecko', 'in-tree-action-1-generic/ab12cd34ef/full', true],
    ['project-gecko', 'in-tree-pr-action-1-generic/ab12cd34ef', true],
    ['project-gecko', 'in-tree-action-1-generic/ab12cd34ef/full/full', false],
    ['project-gecko', 'in-tree-action-1-generic/ab12cd34e', false],
    ['project-gecko', 'in-tree-action-1-generic/AB12CD34EF', false],
    ['project-gecko', 'in-tree-action-3-generic/ab12cd34ef', false],
    ['project-gecko', 'in-tree-action-1-generic-too/ab12cd34ef', false],
    ['project-gecko2', 'in-tree-action-1-generic/ab12cd34ef', false],
  ])('%s/%s is ours: %s', (hookGroupId, hookId, matched) => {
    expect(matchHook({ hookGroupId, hookId }, everyFamily) !== undefined).toBe(matched);
  });

  it('in globs, * matches any text and everything else is literal', () => {
    expect(
      globMatcher('project-*/in-tree-action-1-*')('project-gecko/in-tree-action-1-generic/ab12cd34ef'),
    ).toBe(true);
    expect(globMatcher('project-gecko/*')('project-geckos/a')).toBe(false);
    expect(globMatcher('a.b?')('axbc')).toBe(false);
    expect(globMatcher('a.b?')('a.bc')).toBe(true);
  });

  it('grants cover only what is switched on', () => {
    const off = deployment(CONFIG.replace('permissions:', 'killSwitch: true, permissions:'));
    expect(grants(off, families(off))).toEqual([]);
    const on = deployment(`${CONFIG}    3: {permissions: [generic]}\n`);
    const canceling = deployment(`${CONFIG}fastActions: [rerun, cancel-all]\n`);
    expect(grants(canceling, families(canceling)).map(({ to, scope }) => `${to} ${scope}`)).toContain(
      'role:hook-id:project-gecko/in-tree-action-1-generic/* queue:cancel-task:gecko-level-1/*',
    );
    expect(grants(on, families(on)).map(({ to, scope }) => `${to} ${scope}`)).toEqual([
      'role:hook-id:project-gecko/in-tree-action-1-generic/* hooks:trigger-hook:project-gecko/in-tree-action-1-generic/*',
      ...reading(1),
      'role:hook-id:project-gecko/in-tree-action-3-generic/* hooks:trigger-hook:project-gecko/in-tree-action-3-generic/*',
      ...reading(3),
      'client:project/retrigger/worker queue:claim-work:gecko-1/retrigger',
      'client:project/retrigger/worker queue:claim-work:gecko-3/retrigger',
      'client:project/retrigger/worker queue:worker-id:retrigger/*',
    ]);
  });
});
