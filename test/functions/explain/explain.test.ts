import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unscheduledTest } from '../../../local/new-job.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { objectAt } from '../../support/json.ts';
import { aBuild, aTest } from '../../support/push-tasks.ts';
import { payloadOf, requestsPayload } from '../../support/requests.ts';
import { BARE_ENVIRONMENT } from '../../support/scripts.ts';

const run = promisify(execFile);
const way = useDirectWay();

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'explain-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Runs `npm run explain` on a payload, without credentials. */
async function explain(payload: unknown, ...more: string[]) {
  const file = join(folder, 'payload.json');
  await writeFile(file, typeof payload === 'string' ? payload : JSON.stringify(payload));
  const args = ['functions/explain/main.ts', '--payload', file, ...more];
  const env = { ...BARE_ENVIRONMENT, TASKCLUSTER_ROOT_URL: way().tc.rootUrl };
  return run(process.execPath, args, { env });
}

/** The same with only these arguments. */
const explainWith = (...args: string[]) =>
  run(process.execPath, ['functions/explain/main.ts', ...args], { env: BARE_ENVIRONMENT });

describe('explain --task', () => {
  it.each([
    ['tasks/TASK/runs/0', []],
    ['tasks/groups/GROUP/tasks/TASK/runs/0/logs/public/logs/live.log', []],
  ])('renders what the retrigger button would send, from %s alone', async (path, more) => {
    const push = way().newPush();
    const { taskId, label } = aTest(push);
    const url = `${way().tc.rootUrl}/${path.replace('GROUP', push.decisionTaskId).replace('TASK', taskId)}`;
    const { stdout } = await explainWith('--task', url, ...more);
    expect(stdout).toContain(`clone    ${label} (copy 1 of ${taskId})\n  because tags.retrigger is true`);
    expect(way().writes()).toEqual([]);
  });

  it('accepts an address of Treeherder, another action and its input', async () => {
    const push = way().newPush();
    const { taskId } = aTest(push);
    const task = `https://treeherder.example/jobs?repo=autoland&selectedTaskRun=${taskId}.0`;
    const given = ['--task', task, '--root-url', way().tc.rootUrl, '--action', 'retrigger'];
    const { stdout } = await explainWith(...given, '--input', '{"times": 3}');
    expect(stdout).toContain('3 to clone, 0 to rerun');
  });

  it.each([
    [['--task', 'https://example.com/'], 64, 'is neither a taskId nor the address of a task'],
    [['--task', 'AAAAAAAAAAAAAAAAAAAAAA'], 64, 'is neither a taskId nor the address of a task'],
    [
      ['--task', 'https://tc.example.com/tasks/AAAAAAAAAAAAAAAAAAAAAA'],
      64,
      'is neither a taskId nor the address of a task',
    ],
    [['--task', 'AAAAAAAAQACAAAAAAAAAAA'], 64, 'Which Taskcluster?'],
    [
      ['--task', 'AAAAAAAAQACAAAAAAAAAAA', '--root-url', 'localhost:8080'],
      64,
      '--root-url localhost:8080 is not an http(s) URL.',
    ],
    [
      ['--task', 'AAAAAAAAQACAAAAAAAAAAA', '--sample'],
      64,
      'Give one of --sample, --task URL and --payload FILE.',
    ],
    [['--payload', 'x', '--action', 'rerun'], 64, '--action goes with --task.'],
  ])('says what is wrong with %j', async (args, code, reason) => {
    await expect(explainWith(...args)).rejects.toMatchObject({
      code,
      stderr: expect.stringContaining(reason),
    });
  });

  it('lists the actions if the named one does not exist', async () => {
    const push = way().newPush();
    const given = ['--task', aTest(push).taskId, '--root-url', way().tc.rootUrl, '--action', 'dance'];
    await expect(explainWith(...given)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^actions\.json has no action dance that applies to this task; it has: .*retrigger/,
      ),
    });
    const missing = ['--task', 'AAAAAAAAQACAAAAAAAAAAA', '--root-url', way().tc.rootUrl];
    await expect(explainWith(...missing)).rejects.toMatchObject({
      code: 1,
      stderr: 'Task AAAAAAAAQACAAAAAAAAAAA does not exist on this Taskcluster.\n',
    });
  });
});

describe('explain --sample', () => {
  it('runs without any setup', async () => {
    const { stdout } = await explainWith('--sample');
    expect(stdout).toMatch(/^clone {4}test-\S+ \(copy 1 of [\w-]{22}\)\n {2}because tags\.retrigger is true/);
    expect(stdout).toContain('1 to clone, 0 to rerun, 0 with nothing to do, 0 refused');
  });
});

describe('explain', () => {
  it('prints what would be done and why, and writes nothing', async () => {
    const push = way().newPush();
    const [test, build] = [aTest(push), aBuild(push, 'failed')];
    const { stdout } = await explain(requestsPayload(push, [{ tasks: [test.label, build.label] }]));
    expect(stdout).toContain(
      `clone    ${test.label} (copy 1 of ${test.taskId})\n  because tags.retrigger is true`,
    );
    expect(stdout).toContain(`queue.rerunTask ${build.taskId}`);
    expect(stdout).toContain('1 to clone, 1 to rerun, 0 with nothing to do, 0 refused');
    expect(way().writes()).toEqual([]);
  });

  it('prints no control characters of a name', async () => {
    let taskId = '';
    way().newPush((push) => {
      const test = aTest(push);
      taskId = test.taskId;
      objectAt(test.task, 'metadata')['name'] = 'a\u001b[2J\u009b2Jb';
    });
    const given = ['--task', taskId, '--root-url', way().tc.rootUrl, '--action', 'retrigger'];
    expect((await explainWith(...given)).stdout).toContain('clone    a\ufffd[2J\ufffd2Jb (copy 1 of ');
  });

  it('counts what cancel-all would cancel, and cancels nothing', async () => {
    const push = way().newPush();
    const given = ['--task', aTest(push).taskId, '--root-url', way().tc.rootUrl, '--action', 'cancel-all'];
    const { stdout } = await explainWith(...given, '--fast-actions', 'cancel-all');
    expect(stdout).toMatch(/^would cancel \d+: \d+ running, \d+ pending, \d+ unscheduled$/m);
    expect(way().writes()).toEqual([]);
  });

  it('prints what a new job would create, and what exists of everything that it needs', async () => {
    const push = way().newPush();
    const label = unscheduledTest(push) ?? '';
    const given = ['--task', aTest(push).taskId, '--root-url', way().tc.rootUrl, '--action', 'add-new-jobs'];
    const input = JSON.stringify({ tasks: [label] });
    const { stdout } = await explainWith(...given, '--input', input, '--fast-actions', 'add-new-jobs');
    expect(stdout).toContain(`by the task graph: ${label}`);
    expect(stdout).toContain(`make     ${label} (#1)\n  because it was requested\n  queue.createTask `);
    expect(stdout).toMatch(/^exists {3}\S+\n {2}the push has [\w-]{22}$/m);
    expect(stdout).toContain('1 to make, 0 to clone, ');
    expect(way().writes()).toEqual([]);
  });

  it('prints why an action would be forwarded, as JSON if requested', async () => {
    const push = way().newPush();
    const { stdout } = await explain(payloadOf(push, 'cancel', { input: null }), '--json');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'forward', because: 'not-listed' });
  });

  it.each([
    ['a payload of the wrong shape', {}, 'payload must have required property'],
    ['a file that is not JSON', '{', 'payload.json'],
  ])('ends with 1 and the reason for %s', async (_what, payload, reason) => {
    await expect(explain(payload)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(reason),
    });
  });
});
