import * as fc from 'fast-check';
import { decode } from 'slugid';
import { describe, expect, it } from 'vitest';
import {
  cloneTaskId,
  newTaskId,
  randomTaskId,
  requestTaskId,
  SLUGID_PATTERN,
} from '../../../functions/tasks/task-id.ts';
import { anyTaskId } from '../fixtures.ts';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const anyCopy = fc.integer({ min: 1, max: 10_000 });

describe('cloneTaskId', () => {
  it('makes slugids of v4 UUIDs that do not start with a dash', () => {
    fc.assert(
      fc.property(fc.string(), anyTaskId, anyCopy, (actionId, target, copy) => {
        const taskId = cloneTaskId(actionId, target, copy);
        expect(taskId).toMatch(SLUGID_PATTERN);
        expect(taskId).toMatch(/^[A-Za-f]/);
        expect(decode(taskId)).toMatch(UUID_V4);
      }),
    );
  });

  it('makes the same id for the same copy of the same target in the same action, and for nothing else', () => {
    const anyTriple = fc.tuple(anyTaskId, anyTaskId, anyCopy);
    fc.assert(
      fc.property(fc.uniqueArray(anyTriple, { selector: String, minLength: 2 }), (triples) => {
        const ids = triples.map((triple) => cloneTaskId(...triple));
        expect(new Set(ids).size).toBe(triples.length);
        expect(triples.map((triple) => cloneTaskId(...triple))).toEqual(ids);
      }),
    );
  });

  it.each([
    ['action', cloneTaskId('other', 'target', 1)],
    ['target', cloneTaskId('action', 'other', 1)],
    ['copy', cloneTaskId('action', 'target', 2)],
  ])('differs by %s', (_what, taskId) => {
    expect(taskId).not.toBe(cloneTaskId('action', 'target', 1));
  });

  it('never changes: an attempt by a newer version must find what an older one has made', () => {
    expect(cloneTaskId('action', 'target', 1)).toBe('Kbs0D4yNTwuXiproQcYQ5g');
  });
});

describe('newTaskId', () => {
  it('makes the same slugid for the same task of the same action', () => {
    const taskId = newTaskId('action', 'round', 'label', 1);
    expect(taskId).toMatch(SLUGID_PATTERN);
    expect(newTaskId('action', 'round', 'label', 1)).toBe(taskId);
  });

  it.each([
    ['action', newTaskId('other', 'round', 'label', 1)],
    ['round', newTaskId('action', 'other', 'label', 1)],
    ['label', newTaskId('action', 'round', 'other', 1)],
    ['copy', newTaskId('action', 'round', 'label', 2)],
  ])('differs by %s', (_what, taskId) => {
    expect(taskId).not.toBe(newTaskId('action', 'round', 'label', 1));
  });

  it('never changes: an attempt by a newer version must find what an older one has made', () => {
    expect(newTaskId('action', 'round', 'label', 1)).toBe('UYsvTEkhQDmFup4JvDAvgA');
  });
});

describe('requestTaskId', () => {
  it('makes the same slugid for the same request', () => {
    const taskId = requestTaskId('header', 'body');
    expect(taskId).toMatch(SLUGID_PATTERN);
    expect(requestTaskId('header', 'body')).toBe(taskId);
  });

  it.each([
    ['header', requestTaskId('other', 'body')],
    ['body', requestTaskId('header', 'other')],
  ])('differs by %s', (_what, taskId) => {
    expect(taskId).not.toBe(requestTaskId('header', 'body'));
  });

  it('never changes: an attempt by a newer version must find what an older one has made', () => {
    expect(requestTaskId('header', 'body')).toBe('aKsesmFAT6yugvJMdtindQ');
  });
});

describe('randomTaskId', () => {
  it('makes a different slugid each time', () => {
    const ids = Array.from({ length: 200 }, randomTaskId);
    expect(new Set(ids).size).toBe(200);
    expect(ids.filter((taskId) => !SLUGID_PATTERN.test(taskId))).toEqual([]);
  });
});
