import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../functions/platform/api-error.ts';
import { TaskclusterError } from '../../../functions/ports/error.ts';
import { isLost, lastWords } from '../../../functions/worker/failure.ts';
import { failedCall, payload } from '../fixtures.ts';

const retrigger = payload('retrigger');
const first = { runId: 0, retriesLeft: 5 };
const second = { runId: 1, retriesLeft: 4 };
const last = { runId: 5, retriesLeft: 0 };

const closed = new TaskclusterError({
  method: 'createTask',
  kind: 'closed',
  code: 'Closed',
  message: 'closed',
});

describe('an action that failed', () => {
  it('because of its request is reported with the error message', () => {
    const error = new ApiError('InputError', 'payload/user/input is wrong');
    expect(lastWords(error, retrigger, first)).toEqual({
      reason: 'payload/user/input is wrong',
      advice: 'Nothing was run again. The request is not valid; retrigger from Treeherder.',
    });
    expect(lastWords(error, payload('cancel-all'), first)?.advice).toBe(
      'Nothing was canceled. The request is not valid; cancel from Treeherder.',
    );
  });

  it('because its forward was refused is reported', () => {
    expect(lastWords(failedCall('triggerHook', 403), retrigger, first)).toEqual({
      reason: 'triggerHook: X: 403',
      advice: 'Nothing was run again. Please retrigger again, or ask in #taskcluster.',
    });
    expect(lastWords(failedCall('triggerHook', 403), payload('cancel'), first)?.advice).toBe(
      'Nothing was canceled. Please cancel again, or ask in #taskcluster.',
    );
  });

  it('in a second run does not say that nothing was done: the first run may have done it', () => {
    expect(lastWords(failedCall('triggerHook', 403), retrigger, second)?.advice).toBe(
      'Check the push before you retrigger again.',
    );
  });

  it.each([
    ['was not answered', failedCall('triggerHook', 'no answer')],
    ['failed in the service', failedCall('triggerHook', 500)],
    ['was refused after a try that was not answered', failedCall('triggerHook', 400).afterUnanswered()],
  ])('because a call %s is left to the next run, if there is one', (_what, error) => {
    expect(lastWords(error, retrigger, first)).toBeUndefined();
    expect(lastWords(error, retrigger, { runId: 4, retriesLeft: 1 })).toBeUndefined();
    expect(lastWords(error, retrigger, last)?.advice).toBe('Check the push before you retrigger again.');
  });

  it('says that nothing was done if the only run got its error from the service, not from a gateway', () => {
    const only = { runId: 0, retriesLeft: 0 };
    expect(lastWords(failedCall('triggerHook', 500), retrigger, only)?.advice).toMatch(
      /^Nothing was run again/,
    );
    expect(lastWords(failedCall('triggerHook', 504), retrigger, only)?.advice).toMatch(/^Check the push/);
  });

  it.each([
    ['is lost', failedCall('reclaimTask', 409)],
    ['was given up', closed],
    ['has a bug', new Error('a bug')],
  ])('is not reported by a run that %s', (_what, error) => {
    expect(lastWords(error, retrigger, last)).toBeUndefined();
  });
});

describe('a run is lost', () => {
  it.each(['createArtifact', 'reclaimTask', 'reportCompleted', 'reportFailed', 'reportException'])(
    'when the queue refuses %s because of its state',
    (method) => {
      expect(isLost(failedCall(method, 409))).toBe(true);
      expect(isLost(failedCall(method, 403))).toBe(false);
      expect(isLost(failedCall(method, 'no answer'))).toBe(false);
    },
  );

  it('when its client was closed', () => {
    expect(isLost(closed)).toBe(true);
  });

  it('but not if another call met a conflict, or after a bug of ours', () => {
    expect(isLost(failedCall('createTask', 409))).toBe(false);
    expect(isLost(new Error('409'))).toBe(false);
    expect(isLost(undefined)).toBe(false);
  });
});
