import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useDirectWay } from '../../support/direct-way.ts';
import { aBuild, aTest } from '../../support/push-tasks.ts';
import { payloadOf, requestsPayload } from '../../support/requests.ts';

const run = promisify(execFile);
const way = useDirectWay();

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'explain-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** `npm run explain` on a payload, as an operator without credentials runs it. */
async function explain(payload: unknown, ...more: string[]) {
  const file = join(folder, 'payload.json');
  await writeFile(file, typeof payload === 'string' ? payload : JSON.stringify(payload));
  const args = ['functions/explain/main.ts', '--payload', file, ...more];
  const env = { PATH: process.env['PATH'], TASKCLUSTER_ROOT_URL: way().tc.rootUrl };
  return run(process.execPath, args, { env });
}

describe('explain', () => {
  it('says what would be done and why, and writes nothing', async () => {
    const push = way().newPush();
    const [test, build] = [aTest(push), aBuild(push, 'failed')];
    const { stdout } = await explain(
      requestsPayload(push, [{ tasks: [test.label, build.label, 'nothing-such'] }]),
    );
    expect(stdout).toContain(
      `clone    ${test.label} (copy 1 of ${test.taskId})\n  because tags.retrigger is true`,
    );
    expect(stdout).toContain(`queue.rerunTask ${build.taskId}`);
    expect(stdout).toContain('refused  nothing-such\n  because this push has no task of that label');
    expect(stdout).toContain('1 to clone, 1 to rerun, 0 with nothing to do, 1 refused');
    expect(way().writes()).toEqual([]);
  });

  it('says why an action would be forwarded, as JSON if wanted', async () => {
    const push = way().newPush();
    const { stdout } = await explain(payloadOf(push, 'cancel', { input: null }), '--json');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'forward', because: 'other-action' });
  });

  it.each([
    ['a payload that is none', {}, 'payload must have required property'],
    ['a file that is no JSON', '{', 'payload.json'],
  ])('ends with 1 and the reason for %s', async (_what, payload, reason) => {
    await expect(explain(payload)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(reason),
    });
  });
});
