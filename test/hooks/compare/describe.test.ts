import { PassThrough } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wantedChanges } from '../../../hooks/compare/changes.ts';
import type { HookDefinition, JsonObject } from '../../../hooks/read/definition.ts';
import { describe as describeChanges, summary } from '../../../hooks/compare/describe.ts';
import { paint } from '../../../hooks/compare/lines.ts';
import { families } from '../../../hooks/read/families.ts';
import { grants } from '../../../hooks/render/grants.ts';
import { differences } from '../../../hooks/compare/json-diff.ts';
import { progressBar } from '../../../hooks/progress.ts';
import { fullCopy, wrapHook } from '../../../hooks/render/wrap.ts';
import { anyPayload } from '../arbitraries.ts';
import { hgHook, SETTINGS } from '../hooks.ts';
import { CONFIG, deployment } from '../service.ts';

const PLAIN: JsonObject = {};
const text = (before: HookDefinition[], config = CONFIG) => {
  const changes = wantedChanges(before, deployment(config));
  return paint(describeChanges(changes, []), new PassThrough());
};

describe('the readable difference', () => {
  it('shows a first wrap without moving the whole template', () => {
    expect(text([hgHook()])).toBe(
      [
        'project-gecko/in-tree-action-1-generic/ab12cd34ef',
        '  + project-gecko/in-tree-action-1-generic/ab12cd34ef/full: the hook as it is now, for forwards',
        '  ~ project-gecko/in-tree-action-1-generic/ab12cd34ef',
        '    + wrapper.version: 1',
        '    + wrapper.mode: "wrap"',
        '    + wrapper.taskQueueId: "gecko-1/retrigger"',
        '    + wrapper.fastActions: ["retrigger","retrigger-disabled","retrigger-multiple","rerun"]',
        '    + wrapper.priority: null',
        '    + wrapper text: hooks/templates/wrapper.yml (3.9 kB)',
      ].join('\n'),
    );
  });

  it('shows a changed setting, an edited wrapper text, an unwrap and a removal', () => {
    const wrapped = wrapHook(hgHook(), SETTINGS);
    expect(text([wrapped, fullCopy(hgHook())], `${CONFIG}priority: low\n`)).toContain(
      '    ~ wrapper.priority: null → "low"',
    );
    const fewer = { ...SETTINGS, fastActions: ['retrigger', 'rerun', 'cancel', 'cancel-all'] };
    expect(text([wrapHook(hgHook(), fewer), fullCopy(hgHook())])).toContain(
      '    ~ wrapper.fastActions: ["retrigger","rerun","cancel","cancel-all"] → ' +
        '["retrigger","retrigger-disabled","retrigger-multiple","rerun"]',
    );
    const edited = { ...wrapped, task: { ...wrapped.task, in: { ...PLAIN, $eval: 'originalTask' } } };
    expect(text([edited, fullCopy(hgHook())])).toMatch(
      /^ {4}~ wrapper text: differs from this version's hooks\/templates\/wrapper.yml in \d places \(all with --json\)$/m,
    );
    const off = CONFIG.replace('permissions:', 'killSwitch: true, permissions:');
    expect(text([wrapped], off)).toContain('    - wrapper text: hooks/templates/wrapper.yml');
    expect(text([fullCopy(hgHook())])).toContain(
      '  - project-gecko/in-tree-action-1-generic/ab12cd34ef/full',
    );
  });

  it('shows the same changes of several hooks once, and other changes after them', () => {
    const wrapped = wrapHook(hgHook('cccccccccc'), { ...SETTINGS, priority: 'low' });
    const hooks = [wrapped, fullCopy(wrapped), hgHook('aaaaaaaaaa'), hgHook('dddddddddd')];
    const lines = text(hooks).split('\n');
    expect(lines.slice(0, 5)).toEqual([
      'project-gecko/in-tree-action-1-generic/aaaaaaaaaa',
      'project-gecko/in-tree-action-1-generic/dddddddddd',
      '  + …/full: the hook as it is now, for forwards',
      '  ~ …',
      '    + wrapper.version: 1',
    ]);
    expect(lines.slice(-3)).toEqual([
      'project-gecko/in-tree-action-1-generic/cccccccccc',
      '  ~ project-gecko/in-tree-action-1-generic/cccccccccc',
      '    ~ wrapper.priority: "low" → null',
    ]);
  });

  it('shows the same problem of several hooks once', () => {
    const problems = ['g/h1', 'g/h2', 'g/h3', 'g/h4'].map((path) => ({
      path,
      message: `could not create ${path}/full: 403`,
    }));
    const other = { path: 'e', message: 'e is damaged' };
    const shown = describeChanges({ units: [], problems: [...problems, other] }, []);
    expect(shown.map((line) => line.text)).toEqual([
      '! could not create …/full: 403',
      '      4 hooks: g/h1; g/h2; g/h3 and 1 more',
      '! e: e is damaged',
    ]);
  });

  it('has no control characters from a hook', () => {
    const edited = { ...hgHook(), task: { ...hgHook().task, note: 'a\u009b2Jb\u001b[2J' } };
    const shown = text([wrapHook(edited, SETTINGS), fullCopy(hgHook())]);
    expect(shown).toContain('original template.note: "a\ufffd2Jb\\u001b[2J"');
    expect(shown).not.toContain('\u009b');
  });

  it('sums up', () => {
    expect(summary({ units: [], problems: [] }, [])).toBe('nothing to change');
    const changes = wantedChanges([hgHook()], deployment());
    const problems = [{ path: 'a', message: 'b' }];
    const missing = grants(deployment(), families(deployment()));
    expect(summary({ ...changes, problems }, missing)).toBe(
      '1 hook to change, 1 cannot be changed, 7 grants missing',
    );
  });

  it('finds no differences exactly between equal values', () => {
    fc.assert(
      fc.property(anyPayload, anyPayload, (a, b) => {
        expect(differences(a, structuredClone(a))).toEqual([]);
        expect(differences(a, b).length === 0).toBe(isDeepStrictEqual(a, b));
      }),
    );
  });
});

const shown = (total: number, isTTY: boolean) => {
  const stream = Object.assign(new PassThrough(), { isTTY });
  const advance = progressBar('Writing hooks', total, stream);
  advance?.(total / 2);
  advance?.(total);
  const drawn: unknown = stream.read();
  return Buffer.isBuffer(drawn) ? drawn.toString() : '';
};

describe('the progress bar', () => {
  it('draws only on a terminal, and only for many hooks', () => {
    expect(shown(300, true)).toBe(
      `\rWriting hooks [${'.'.repeat(30)}] 0/300` +
        `\rWriting hooks [${'#'.repeat(15)}${'.'.repeat(15)}] 150/300` +
        `\rWriting hooks [${'#'.repeat(30)}] 300/300\n`,
    );
    expect(shown(10, true)).toBe('');
    expect(shown(300, false)).toBe('');
  });
});
