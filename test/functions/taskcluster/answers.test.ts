import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TaskclusterAuth } from '../../../functions/taskcluster/auth.ts';
import { TaskclusterClient } from '../../../functions/taskcluster/client.ts';
import * as answers from '../../../functions/taskcluster/answers.ts';
import { isTaskclusterError, TaskclusterError } from '../../../functions/ports/error.ts';
import { isRetryable } from '../../../functions/taskcluster/retry.ts';
import { startServer } from '../../support/local-server.ts';
import { definition, id, status } from '../fixtures.ts';

const readers = {
  fields: answers.fields,
  list: answers.list,
  text: answers.text,
  optionalText: answers.optionalText,
  number: answers.number,
  definition: answers.definition,
  shallowDefinition: answers.shallowDefinition,
  status: answers.status,
};

describe('an answer', () => {
  it.each<[keyof typeof readers, unknown]>([
    ['fields', {}],
    ['list', []],
    ['text', ''],
    ['optionalText', 'x'],
    ['optionalText', undefined],
    ['number', 0],
    ['definition', definition()],
    ['shallowDefinition', definition()],
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
    ['number', '7'],
    ['definition', { ...definition(), schedulerId: undefined }],
    ['shallowDefinition', { ...definition(), schedulerId: undefined }],
    ['definition', { ...definition(), metadata: {} }],
    ['definition', { ...definition(), created: 7 }],
    ['status', { ...status(id('a')), runs: {} }],
    ['status', { ...status(id('a')), state: null }],
  ])('of another shape is an unexpected answer: %s of %j', (name, value) => {
    expect(() => readers[name]('queueMethod', value)).toThrow(
      expect.objectContaining({ method: 'queueMethod', kind: 'unexpected-answer', code: 'UnexpectedAnswer' }),
    );
  });

  it('with a definition that is too deep to walk is an unexpected answer', () => {
    const deep = { ...definition(), payload: { a: JSON.parse('['.repeat(100) + ']'.repeat(100)) } };
    expect(() => answers.shallowDefinition('task', deep)).toThrow(
      expect.objectContaining({ method: 'task', kind: 'unexpected-answer', code: 'TooDeep' }),
    );
  });

  it('about a signature that is neither good nor bad is not a caller', async () => {
    const server = await startServer((_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"status": "auth-maybe", "message": "who knows", "clientId": "c", "scopes": ["*"]}'),
    );
    onTestFinished(server.close);
    const auth = new TaskclusterAuth(new TaskclusterClient({ rootUrl: server.url }));
    const request = { method: 'post', resource: '/', host: 'h', port: 443, sourceIp: '127.0.0.1' };
    expect(await auth.authenticateHawk(request)).toStrictEqual({ failed: 'who knows' });
  });

  it('of any shape is either accepted or an unexpected answer', () => {
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
  it('is summarized without the technical block', () => {
    const message = 'Client has no scopes:\n\n```\nx\n```\n\n---\n\n* method:     createTask';
    const error = new TaskclusterError({
      method: 'createTask',
      statusCode: 403,
      code: 'InsufficientScopes',
      message,
    });
    expect(error.summary).toBe('InsufficientScopes: Client has no scopes:\n\n```\nx\n```');
  });

  it.each<
    [{ statusCode: number } | { kind: 'no-answer' | 'unexpected-answer' | 'closed' }, boolean, boolean]
  >([
    [{ kind: 'no-answer' }, true, false],
    [{ statusCode: 429 }, true, true],
    [{ statusCode: 500 }, true, false],
    [{ statusCode: 503 }, true, false],
    [{ statusCode: 400 }, false, true],
    [{ statusCode: 403 }, false, true],
    [{ statusCode: 404 }, false, true],
    [{ statusCode: 409 }, false, true],
    [{ statusCode: 424 }, false, true],
    [{ kind: 'unexpected-answer' }, false, false],
    [{ kind: 'closed' }, false, false],
  ])('%j: tried again is %j, a refusal is %j', (failure, again, refused) => {
    const error = new TaskclusterError({ method: 'task', ...failure, code: 'X', message: 'x' });
    expect(isRetryable(error)).toBe(again);
    expect(error.refused).toBe(refused);
  });

  it('of our own is not retried', () => {
    expect(isRetryable(new TypeError('x'))).toBe(false);
  });
});
