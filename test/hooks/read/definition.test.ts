import { describe, expect, it } from 'vitest';
import { parseHook } from '../../../hooks/read/definition.ts';
import { hgHook } from '../hooks.ts';

const HOOK = hgHook();
const PATH = `hook ${HOOK.hookGroupId}/${HOOK.hookId}`;

describe('a hook definition', () => {
  it('is kept as it is', () => {
    expect(parseHook(HOOK)).toStrictEqual(HOOK);
  });

  it('has no schedule and no bindings if it does not name them, as in the service', () => {
    const { schedule: _schedule, bindings: _bindings, ...bare } = HOOK;
    expect(parseHook(bare)).toStrictEqual({ ...HOOK, schedule: [], bindings: [] });
  });

  it.each<[string, unknown, string]>([
    ['no object', [], 'a hook definition must be an object'],
    ['without a name', { ...HOOK, hookId: 7 }, 'needs the strings hookGroupId and hookId'],
    // It would get lost when the hook is written.
    [
      'with a field that we do not know',
      { ...HOOK, owner: 'x' },
      `${PATH}: owner is not a field that this version knows`,
    ],
    ['without a template', { ...HOOK, task: undefined }, `${PATH}: task must be an object`],
    ['with a list for a schema', { ...HOOK, triggerSchema: [] }, `${PATH}: triggerSchema must be an object`],
    ['with text for metadata', { ...HOOK, metadata: 'x' }, `${PATH}: metadata must be an object`],
    ['with an object for a schedule', { ...HOOK, schedule: {} }, `${PATH}: schedule must be an array`],
    ['with an object for bindings', { ...HOOK, bindings: {} }, `${PATH}: bindings must be an array`],
  ])('is refused if it is one %s', (_what, value, problem) => {
    expect(() => parseHook(value)).toThrow(problem);
  });
});
