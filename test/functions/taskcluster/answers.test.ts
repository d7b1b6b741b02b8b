import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as answers from '../../../functions/taskcluster/answers.ts';
import { isTaskclusterError, TaskclusterError } from '../../../functions/ports/error.ts';
import { isRetryable } from '../../../functions/taskcluster/retry.ts';
import { definition, id, status } from '../fixtures.ts';

const readers = {
  fields: answers.fields,
  list: answers.list,
  text: answers.text,
  optionalText: answers.optionalText,
  definition: answers.definition,
  status: answers.status,
};

describe('an answer', () => {
  it.each<[keyof typeof readers, unknown]>([
    ['fields', {}],
    ['list', []],
    ['text', ''],
    ['optionalText', 'x'],
    ['optionalText', undefined],
    ['definition', definition()],
    ['status', status(id('a'))],
  ])('of the right shape passes through: %s', (name, value) => {
    expect(readers[name]('method', value)).toBe(value);
  });

  it.each<[keyof typeof readers, unknown]>([
    ['fields', []],
    ['fields', null],
    ['list', { length: 0 }],
    ['text', 7],
    ['optionalText', null],
    ['definition', { ...definition(), schedulerId: undefined }],
    ['definition', { ...definition(), metadata: {} }],
    ['definition', { ...definition(), created: 7 }],
    ['status', { ...status(id('a')), runs: {} }],
    ['status', { ...status(id('a')), state: null }],
  ])('of another shape is an unexpected answer: %s of %j', (name, value) => {
    expect(() => readers[name]('queueMethod', value)).toThrow(
      expect.objectContaining({ method: 'queueMethod', statusCode: 0, code: 'UnexpectedAnswer' }),
    );
  });

  it('of any shape is taken or an unexpected answer, and nothing else', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(readers)), fc.jsonValue(), (read, value) => {
        let taken: unknown = value;
        try {
          taken = read('method', value);
        } catch (error) {
          if (!isTaskclusterError(error)) throw error;
        }
        expect(taken).toBe(value);
      }),
    );
  });
});

describe('an error', () => {
  it('is summed up without the technical block', () => {
    const message = 'Client has no scopes:\n\n```\nx\n```\n\n---\n\n* method:     createTask';
    expect(new TaskclusterError('createTask', 403, 'InsufficientScopes', message).summary).toBe(
      'InsufficientScopes: Client has no scopes:\n\n```\nx\n```',
    );
  });

  it.each<[number, boolean]>([
    [0, true],
    [429, true],
    [500, true],
    [503, true],
    [400, false],
    [403, false],
    [404, false],
    [409, false],
    [424, false],
  ])('of status %d: tried again is %j', (statusCode, again) => {
    expect(isRetryable(new TaskclusterError('task', statusCode, 'X', 'x'))).toBe(again);
  });

  it('of our own is not tried again', () => {
    expect(isRetryable(new TypeError('x'))).toBe(false);
  });
});
