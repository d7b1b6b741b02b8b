import { describe, expect, it } from 'vitest';
import type { Action } from '../../../functions/actions/plan.ts';
import { cloneTaskId } from '../../../functions/tasks/task-id.ts';
import { id } from '../fixtures.ts';
import { attempt, forbidden, lost, ofTest1, type Failures } from './attempt.ts';

const asked: Action['request'] = {
  kind: 'labels',
  requests: [{ labels: ['test-linux/opt-1', 'build-linux/opt', 'source-lint'], times: 2 }],
};
const ofBuild = (copy: number) => cloneTaskId(id('action'), id('build'), copy);
const act = (failures: Failures = {}, others: Parameters<typeof attempt>[0] = {}) =>
  attempt({ asked, failures, ...others });
const results = ({ outcome }: Awaited<ReturnType<typeof act>>) =>
  Object.fromEntries(
    outcome.items
      .filter(({ label }) => label !== 'cut')
      .map(({ label, copy, result, reason }) => [`${label} ${copy}`, result === 'refused' ? reason : result]),
  );

describe('a test and its build that are cloned together', () => {
  it('are created in order, each copy of the test for its copy of the build', async () => {
    const { push, written } = await act();
    expect(written.indexOf(`createTask ${ofBuild(2)}`)).toBeLessThan(
      written.indexOf(`createTask ${ofTest1(2)}`),
    );
    expect(push.tasks.get(ofTest1(2))).toMatchObject({
      dependencies: [id('decision'), ofBuild(2)],
      payload: { env: { BUILD_URL: `https://tc.example.com/task/${ofBuild(2)}/target.zip` } },
    });
  });

  it('are not created if the build is refused, while the others are', async () => {
    const attempted = await act({ [ofBuild(1)]: forbidden });
    expect(results(attempted)).toEqual({
      'build-linux/opt 1': 'createTask: InsufficientScopes: no scopes',
      'build-linux/opt 2': 'created',
      'test-linux/opt-1 1': 'skipped, because build-linux/opt was refused',
      'test-linux/opt-1 2': 'created',
      'source-lint 1': 'created',
      'source-lint 2': 'created',
    });
    expect(attempted.written).not.toContain(`createTask ${ofTest1(1)}`);
    expect(attempted.outcome.items).toContainEqual(
      expect.objectContaining({ label: 'test-linux/opt-1', taskId: id('test1'), copy: 1, result: 'refused' }),
    );
  });

  it('are both created if only the answer about the build is lost', async () => {
    expect(results(await act({ [ofBuild(1)]: lost }, { arrives: true }))).toMatchObject({
      'build-linux/opt 1': 'created',
      'test-linux/opt-1 1': 'created',
    });
  });
});
