import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { asStored } from '../../../local/taskcluster/json.ts';
import { isObject } from '../../../functions/tasks/shapes.ts';

describe('asStored', () => {
  test('puts shorter keys first, equally long ones by their bytes, at every depth', () => {
    const stored = asStored({ owner: [{ b: 1, a: 2 }], é: 0, name: { zz: 1, y: 2 }, ab: 3 });
    expect(JSON.stringify(stored)).toBe('{"ab":3,"é":0,"name":{"y":2,"zz":1},"owner":[{"a":2,"b":1}]}');
  });

  test('changes nothing else', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
    fc.assert(
      fc.property(object, (value) => {
        const parsed: unknown = JSON.parse(JSON.stringify(value));
        expect(isObject(parsed) && asStored(parsed)).toEqual(parsed);
      }),
    );
  });
});
