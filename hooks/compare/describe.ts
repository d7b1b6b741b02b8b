import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import type { Changes, HookChange, Unit } from './changes.ts';
import { hookPath } from '../../functions/tasks/hook-name.ts';
import { isObject, type HookDefinition, type Json, type JsonObject } from '../read/definition.ts';
import type { Grant } from '../render/grants.ts';
import { describeProblems } from './group-findings.ts';
import { differences, isPlain, type Difference } from './json-diff.ts';
import { count, type Line, type Style } from './lines.ts';
import { fullName, isFullCopy, isWrapped, unwrapHook } from '../render/wrap.ts';

/** The readable form cuts values longer than this many lines; `--json` has all of them. */
const MAX_LINES = 16;

/** The changes in readable form, then what cannot be changed, then missing grants. */
export function describe(changes: Changes, missing: Grant[]): Line[] {
  return [
    ...describeUnits(changes.units),
    ...describeProblems(changes.problems),
    ...[...Map.groupBy(missing, ({ why }) => why)].flatMap(([why, grants]): Line[] => [
      ...grants.map((grant): Line => ({
        style: 'problem',
        text: `! missing grant: ${holderOf(grant)} needs ${grant.scope}`,
      })),
      { style: 'plain', text: `      ${why}` },
    ]),
  ];
}

/** Who must be given the scope. What a hook's role may read, its action tasks may not. */
function holderOf({ to, orAnonymous }: Grant): string {
  return orAnonymous
    ? `role:anonymous, or what the action tasks of ${to.replace('role:hook-id:', '')} assume,`
    : to;
}

/** `3 hooks to change, 1 cannot be changed, 2 grants missing`, or `nothing to change`. */
export function summary(changes: Changes, missing: Grant[]): string {
  const parts = [
    changes.units.length > 0 && `${count(changes.units.length, 'hook')} to change`,
    changes.problems.length > 0 && `${changes.problems.length} cannot be changed`,
    missing.length > 0 && `${count(missing.length, 'grant')} missing`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(', ') : 'nothing to change';
}

/**
 * Hooks with the same changes are listed together, and their changes once. The unusual ones come last, where the
 * operator looks.
 */
function describeUnits(units: Unit[]): Line[] {
  const groups = Map.groupBy(units, (unit) => JSON.stringify(unnamed(unit)));
  return [...groups.values()]
    .toSorted((some, others) => others.length - some.length)
    .flatMap((group): Line[] => {
      const [first] = group;
      const changes = first === undefined ? [] : group.length > 1 ? unnamed(first) : describeChanges(first);
      return [...group.map(({ path }): Line => ({ style: 'heading', text: path })), ...changes];
    });
}

function describeChanges({ changes }: Unit): Line[] {
  return changes.flatMap(describeChange);
}

/** The same, with `…` for the name of the hook. */
function unnamed(unit: Unit): Line[] {
  return describeChanges(unit).map(({ style, text }) => ({ style, text: text.replaceAll(unit.path, '…') }));
}

function describeChange({ before, after }: HookChange): Line[] {
  if (before === null && after === null) return [];
  if (after === null && before !== null) {
    return [{ style: 'remove', text: `  - ${hookPath(before)}` }];
  }
  if (before === null && after !== null) {
    const { description } = after.metadata;
    const what = isFullCopy(after) ? 'the hook as it is now, for forwards' : JSON.stringify(description);
    return [{ style: 'add', text: `  + ${hookPath(after)}: ${what}` }];
  }
  const places = before === null || after === null ? [] : differences(view(before), view(after));
  // After an upgrade this is the same long list for every hook.
  const ofText = places.filter(({ path }) => path[0] === 'wrapper text' && path.length > 1);
  const others = places.filter((place) => !ofText.includes(place));
  return [
    { style: 'change', text: `  ~ ${after === null ? '' : hookPath(after)}` },
    ...others.flatMap(describeDifference),
    ...(ofText.length > 0 ? [describeText(ofText.length)] : []),
  ];
}

/**
 * A hook in a form for comparison: with the wrapper beside the original template, not around it, because a first wrap
 * would otherwise show the whole template as moved. Leaves out the hook's own name in the wrapper.
 */
function view(hook: HookDefinition): JsonObject {
  const { task, metadata, triggerSchema, schedule, bindings } = hook;
  const common = { metadata, triggerSchema, schedule, bindings, 'original template': unwrapHook(hook).task };
  const names = task.$let;
  if (!isWrapped(hook) || !isObject(names) || !isObject(names.retriggerHooks))
    return { ...common, wrapper: {} };
  const own: JsonObject = {
    hook: { hookGroupId: hook.hookGroupId, hookId: hook.hookId },
    full: { ...fullName(hook) },
  };
  const wrapper = Object.entries(names.retriggerHooks).filter(
    ([key, value]) => !isDeepStrictEqual(value, own[key]),
  );
  // In snippet mode, `in` is the original.
  const text = 'originalTask' in names ? { 'wrapper text': task.in ?? null } : {};
  return { ...common, wrapper: Object.fromEntries(wrapper), ...text };
}

function describeText(places: number): Line {
  const what = `differs from this version's hooks/templates/wrapper.yml in ${count(places, 'place')}`;
  return { style: 'change', text: `    ~ wrapper text: ${what} (all with --json)` };
}

function describeDifference({ path, before, after }: Difference): Line[] {
  const [head = ''] = path;
  if (head === 'wrapper text' && path.length === 1) {
    const style: Style = after === undefined ? 'remove' : 'add';
    const text = `    ${after === undefined ? '-' : '+'} wrapper text: hooks/templates/wrapper.yml (${size(after ?? before ?? null)})`;
    return [{ style, text }];
  }
  const name = path.map(String).join('.');
  if (before !== undefined && after !== undefined && isShort(before) && isShort(after)) {
    return [{ style: 'change', text: `    ~ ${name}: ${JSON.stringify(before)} → ${JSON.stringify(after)}` }];
  }
  return [...block(name, before, 'remove', '-'), ...block(name, after, 'add', '+')];
}

function block(name: string, value: Json | undefined, style: Style, sign: string): Line[] {
  if (value === undefined) return [];
  if (isShort(value)) return [{ style, text: `    ${sign} ${name}: ${JSON.stringify(value)}` }];
  const lines = stringify(value, { lineWidth: 100 }).trimEnd().split('\n');
  const shown = lines.slice(0, MAX_LINES).map((line) => `    ${sign}   ${line}`);
  const rest = lines.length - MAX_LINES;
  if (rest > 0) shown.push(`    ${sign}   … ${count(rest, 'more line')} (all with --json)`);
  return [`    ${sign} ${name}:`, ...shown].map((text) => ({ style, text }));
}

/** Whether a value fits on one line: a scalar, or a list of scalars. */
function isShort(value: Json): boolean {
  if (Array.isArray(value)) return isPlain(value);
  return value === null || typeof value !== 'object';
}

function size(value: Json): string {
  return `${(Buffer.byteLength(JSON.stringify(value)) / 1024).toFixed(1)} kB`;
}
