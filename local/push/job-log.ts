import type { PushTask } from './push.ts';

/** A log that a worker might have written for a finished task: a few lines, with the failure if it failed. */
export function jobLog(taskId: string, { label, state, task }: PushTask): string {
  const time = String(task['created']);
  const failed = state === 'failed';
  const test = `${label.replace(/^test-[^/]*\/[^-]*-/, '').replaceAll('-', '/')}/test_example.js`;
  return [
    `[taskcluster ${time}] Task ID: ${taskId}`,
    `[taskcluster ${time}] Task queue: ${String(task['taskQueueId'])}`,
    `[taskcluster ${time}] === Task Starting ===`,
    ...(label.startsWith('test-') ? testLines(test, failed) : [`[task ${time}] ${label}`]),
    `[taskcluster ${time}] === Task Finished ===`,
    failed
      ? `[taskcluster:error] exit status 1`
      : `[taskcluster ${time}] Successful task run with exit code: 0`,
    '',
  ].join('\n');
}

function testLines(test: string, failed: boolean): string[] {
  return [
    'SUITE-START | Running 1 test',
    `TEST-START | ${test}`,
    failed
      ? `TEST-UNEXPECTED-TIMEOUT | ${test} | Test timed out after 90 s`
      : `TEST-PASS | ${test} | took 1204ms`,
    `SUITE-END | ${failed ? '1 unexpected result' : 'all tests passed'}`,
  ];
}
