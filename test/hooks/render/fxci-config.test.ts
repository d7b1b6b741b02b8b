import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isObject, type Json, type JsonObject } from '../../../hooks/read/definition.ts';
import { families } from '../../../hooks/read/families.ts';
import { escapeInterpolation, fxciConfig } from '../../../hooks/render/fxci-config.ts';
import { globalHook } from '../../../hooks/render/global.ts';
import { fullName, wrapHook } from '../../../hooks/render/wrap.ts';
import { hgHook, SETTINGS } from '../hooks.ts';
import { CONFIG, deployment } from '../service.ts';

/** fxci-config's HookInterpolator.substitute: `{{` is `{`, `{word}` without `$` an attribute, everything else stays. */
function interpolate(text: string, attributes: JsonObject): string {
  return text.replaceAll(/\{(\{)|(?<!\$)\{(\w+)\}/g, (_all, escaped: string | undefined, word = '') => {
    if (escaped !== undefined) return '{';
    if (!(word in attributes)) throw new Error(`KeyError: ${word}`);
    return JSON.stringify(attributes[word]).replaceAll('"', '');
  });
}

/** The part of Python's str.format that hooks.yml uses. */
function format(text: Json | undefined, attributes: JsonObject): string {
  if (typeof text !== 'string') throw new Error('not a string');
  return text.replaceAll(/\{(\w+)\}/g, (_all, word: string) =>
    JSON.stringify(attributes[word]).replaceAll('"', ''),
  );
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

describe('escaping for HookInterpolator', () => {
  it('is undone by the interpolation, for any text', () => {
    const text = fc
      .array(fc.constantFrom('{', '}', '$', '{{', '${', 'level', 'word', ' ', '{$eval: x}', '{}', '\n'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (literal) => {
        expect(interpolate(escapeInterpolation(literal, []), {})).toBe(literal);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps the attributes of the variants', () => {
    const escaped = escapeInterpolation('{level} {word} ${level} {{level}', ['level']);
    expect(interpolate(escaped, { level: 3 })).toBe('3 {word} ${level} {{level}');
  });
});

describe('files for fxci-config', () => {
  const global = deployment(
    `${CONFIG}    3: {permissions: [generic, backfill], priority: low}\n  app:\n    fastActions: [cancel-all]\n    1: {permissions: [generic]}\nmode: global\nowner: releng@example.com\n`,
  );

  it('the hooks.yml entry and its template make the same hooks as apply', () => {
    const [entryFile, templateFile] = fxciConfig(global);
    const parsed: unknown = parse(entryFile?.text ?? '');
    const [name = '', entry] = isObject(parsed) ? (Object.entries(parsed)[0] ?? []) : [];
    if (!isObject(entry)) throw new Error('no entry');
    const made = objects(entry.variants).map((attributes) => ({
      path: format(name, attributes),
      task: parse(interpolate(templateFile?.text ?? '', attributes)),
      scopes: Array.isArray(entry.scopes) ? entry.scopes.map((scope) => format(scope, attributes)) : [],
    }));
    const wanted = families(global).map((family) => {
      const hook = globalHook(family, 'releng@example.com');
      const scopes = [
        `assume:${family.roleId}`,
        `hooks:trigger-hook:${family.hookGroupId}/${family.prefix}*`,
      ];
      return { path: `${hook.hookGroupId}/${hook.hookId}`, task: hook.task, scopes };
    });
    expect(made).toHaveLength(4);
    expect(made.map(({ task }) => JSON.stringify(task).includes('"cancel-all"'))).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(made).toEqual(wanted);
    expect(entry.template_file).toBe(templateFile?.path);
  });

  it('the data file contains what docs/fxci-config.md needs to wrap as apply does', () => {
    const [file] = fxciConfig(deployment());
    const data: unknown = parse(file?.text ?? '');
    if (!isObject(data)) throw new Error('no data');
    const hook = hgHook();
    const entry = objects(data.hooks).find(
      ({ prefix }) => typeof prefix === 'string' && `${hook.hookGroupId}/${hook.hookId}`.startsWith(prefix),
    );
    const names = {
      ...(isObject(entry?.retriggerHooks) ? entry.retriggerHooks : {}),
      hook: { hookGroupId: hook.hookGroupId, hookId: hook.hookId },
      full: fullName(hook),
    };
    const task = { $let: { retriggerHooks: names, originalTask: hook.task }, in: data.wrapper };
    expect(task).toEqual(wrapHook(hook, SETTINGS).task);
  });

  it('leaves out levels that are switched off', () => {
    const off = deployment(CONFIG.replace('permissions:', 'killSwitch: true, permissions:'));
    expect(parse(fxciConfig(off)[0]?.text ?? '')).toMatchObject({ hooks: [] });
  });
});
