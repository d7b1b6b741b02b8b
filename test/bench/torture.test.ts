import { describe, expect, it } from 'vitest';
import { placesOf } from '../../bench/torture/calls.ts';
import type { Found, Told } from '../../bench/torture/findings.ts';
import { judge } from '../../bench/torture/judge.ts';
import type { Wanted } from '../../bench/torture/scenarios.ts';
import { id } from '../functions/fixtures.ts';

const wanted: Wanted = { clones: { test: 2 }, reruns: [id('build')], canceled: [], forwarded: false };
const nothing: Found = { clones: new Map(), reruns: [], canceled: [], fullActions: [] };
const all: Found = {
  clones: new Map([['test', [id('one'), id('two')]]]),
  reruns: [id('build')],
  canceled: [],
  fullActions: [],
};
const some: Found = { ...nothing, clones: new Map([['test', [id('one')]]]) };
const success: Told = { success: true, status: 200, text: '{}' };
const failure = (text: string, status: Told['status'] = 400): Told => ({ success: false, status, text });

describe('what is said of what is there', () => {
  it.each<[string, Found, Told, string]>([
    ['all of it', all, success, 'done'],
    ['all of it, by the full hook', { ...nothing, fullActions: [id('full')] }, success, 'forwarded'],
    ['nothing, and so it was said', nothing, failure('Nothing was run again', 500), 'told'],
    ['some of it, which was named', some, failure(`These were run again:\n- test: ${id('one')}`), 'told'],
    ['some of it, which was in doubt', some, failure(`- test: may exist: ${id('one')}`), 'told'],
    ['success, and some is missing', some, success, 'wrong'],
    ['nothing, and some is there', some, failure(`Nothing was run again (${id('one')})`), 'wrong'],
    ['a 5xx, and some is there', some, failure(id('one'), 502), 'wrong'],
    ['not a word of what is there', some, failure('sorry'), 'wrong'],
    [
      'that something runs, and it does not',
      nothing,
      failure(`These were run again:\n- test: ${id('one')}`),
      'wrong',
    ],
    ['that nobody knows', some, failure('it is not known what was done'), 'told'],
    ['nothing, and the action task was left', nothing, failure('', 'pending'), 'wrong'],
  ])('%s', (_what, found, told, verdict) => {
    expect(judge(found, told, wanted).verdict).toBe(verdict);
  });

  it.each<[string, Found]>([
    ['a clone too many', { ...all, clones: new Map([['test', [id('one'), id('two'), id('three')]]]) }],
    ['a clone of something else', { ...all, clones: new Map([['other', [id('one')]]]) }],
    ['a second rerun', { ...all, reruns: [id('build'), id('build')] }],
    ['two full action tasks', { ...nothing, fullActions: [id('full'), id('full2')] }],
    ['half of it here and all of it there', { ...some, fullActions: [id('full')] }],
  ])('%s is wrong, whatever is said', (_what, found) => {
    expect(judge(found, success, wanted).problems).not.toEqual([]);
  });
});

describe('what is said of what was canceled', () => {
  const both: Wanted = { ...wanted, clones: {}, reruns: [], canceled: [id('one'), id('two')] };
  const one: Found = { ...nothing, canceled: [id('one')] };
  const two: Found = { ...nothing, canceled: [id('one'), id('two')] };
  const log = (line: string) => failure(`[   3 ms] ${line}`, 'failed');
  const link = `http://localhost/tasks/${id('two')}`;

  it.each<[string, Found, Told, string]>([
    ['both', two, success, 'done'],
    ['both, by the full hook', { ...nothing, fullActions: [id('full')] }, success, 'forwarded'],
    [
      'that there is nothing left to cancel',
      two,
      failure('There was nothing to cancel: all has ended', 409),
      'done',
    ],
    [
      'one, and the other was refused',
      one,
      failure(`1 task was canceled.\n\nThese were not canceled:\n- ${id('two')}: no`),
      'told',
    ],
    ['one, and the log has the other', one, log(`refused  two  ${link}: no\n1 canceled, 0 with`), 'told'],
    [
      'one, and the other is in doubt',
      two,
      failure(
        `1 task was canceled.\n\nTaskcluster did not say what became of these:\n- two (${id('two')}): no`,
      ),
      'done',
    ],
    [
      'one, and the other is in doubt in the log',
      two,
      log(`unknown  two  ${link}: no\n1 canceled, 0`),
      'done',
    ],
    ['success, and one still runs', one, success, 'wrong'],
    ['nothing, and one was', one, failure('Nothing was canceled:'), 'wrong'],
    ['that there is nothing to cancel, and one still runs', one, failure('nothing to cancel', 409), 'wrong'],
    ['more than there are', one, failure(`2 tasks were canceled.\n- ${id('two')}: no`), 'wrong'],
    ['fewer than there are', two, log('1 canceled, 0 with nothing to do'), 'wrong'],
    ['of one that it was not', two, failure(`These were not canceled:\n- ${id('one')}: no`), 'wrong'],
    ['not a word of what still runs', one, failure('1 task was canceled.'), 'wrong'],
    ['a 5xx, and one was', two, failure('', 503), 'wrong'],
    ['whatever, and a third was', { ...two, canceled: [...two.canceled, id('three')] }, success, 'wrong'],
    [
      'whatever, and it was half done here and all of it there',
      { ...one, fullActions: [id('full')] },
      success,
      'wrong',
    ],
  ])('%s', (_what, found, told, verdict) => {
    expect(judge(found, told, both)).toMatchObject({ verdict });
  });
});

const call = (method: string, path: string) => ({
  service: 'queue',
  method,
  httpMethod: 'GET',
  path,
  status: 200,
  bytes: 0,
  startMs: 0,
  endMs: 0,
});

it('finds each call again by its method, its artifact and its number', () => {
  expect(
    placesOf([
      call('createTask', `/api/queue/v1/task/${id('one')}`),
      call('put', `/artifact-data/${id('one')}/0/public%2Flogs%2Flive.log?signature=x`),
      call('createTask', `/api/queue/v1/task/${id('two')}`),
    ]),
  ).toEqual([
    { method: 'createTask', path: '*', nth: 1 },
    { method: 'put', path: '*/public/logs/live.log', nth: 1 },
    { method: 'createTask', path: '*', nth: 2 },
  ]);
});
