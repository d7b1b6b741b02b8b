import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parsePayload } from '../../functions/actions/dispatch.ts';
import { at } from '../support/json.ts';
import { recorded } from '../support/recorded.ts';

/** Compiled as the hooks service does at each trigger (`hooks/src/api.js`): strict, with formats and all errors. */
const compile = async () => {
  const text = await readFile(
    new URL('../../functions/actions/payload.schema.json', import.meta.url),
    'utf8',
  );
  const ajv = new Ajv({ strict: true, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(text));
};

describe('the trigger schema', () => {
  it('compiles under the hooks service’s options, and takes the payload of a real retrigger', async () => {
    const validate = await compile();
    const payload = at(await recorded('retrigger_context.json'), 'payload');
    validate(payload);
    expect(validate.errors).toBeNull();
    expect(parsePayload(payload)).toBe(payload);
  });

  it('accepts the payload of every action of a real actions.json', async () => {
    const validate = await compile();
    const actions = at(await recorded('actions.json'), 'actions');
    const payloads = (Array.isArray(actions) ? actions : []).flatMap((action: unknown) => {
      const payload = at(action, 'hookPayload');
      const taskGroupId = at(payload, 'decision', 'action', 'taskGroupId');
      const user = { input: {}, taskId: null, taskGroupId };
      return payload === undefined ? [] : [{ decision: at(payload, 'decision'), user }];
    });
    expect(payloads.length).toBeGreaterThan(3);
    for (const payload of payloads) {
      validate(payload);
      expect(validate.errors).toBeNull();
    }
  });

  it('refuses a payload of the wrong shape', async () => {
    const validate = await compile();
    expect(validate({ decision: {}, user: {} })).toBe(false);
  });
});
