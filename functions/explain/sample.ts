import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { fields, list, text } from '../taskcluster/answers.ts';
import { TaskclusterClient } from '../taskcluster/client.ts';
import type { Label, TaskId } from '../tasks/names.ts';

/** A sample task, in a local Taskcluster that runs until `stop`. */
export interface Sample {
  rootUrl: string;
  taskId: TaskId;
  label: Label;
  stop: () => Promise<void>;
}

/**
 * Starts `npm run local` with a small push, and picks a failed test.
 *
 * @throws Error if it does not start
 */
export async function startSample(): Promise<Sample> {
  const script = fileURLToPath(new URL('../../local/cli.ts', import.meta.url));
  const child = spawn(process.execPath, [script, '--no-functions', '--size', '200'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  try {
    const lines = createInterface({ input: child.stdout });
    const line: unknown = await Promise.race([
      once(lines, 'line').then(([first]: unknown[]) => first),
      exited.then(([code]: unknown[]) => {
        throw new Error(`the local Taskcluster ended with ${String(code)}`);
      }),
    ]);
    const ready: Record<string, unknown> = JSON.parse(String(line));
    const rootUrl = String(ready['rootUrl']);
    return { rootUrl, stop, ...(await failedTest(rootUrl, String(ready['decisionTaskId']))) };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function failedTest(rootUrl: string, taskGroupId: TaskId): Promise<{ taskId: TaskId; label: Label }> {
  const method = 'listTaskGroup';
  const answer = await new TaskclusterClient({ rootUrl }).call('Queue', method, [taskGroupId]);
  for (const entry of list(method, fields(method, answer)['tasks'])) {
    const { status, task } = fields(method, entry);
    const { taskId, state } = fields(method, status);
    const { tags, metadata } = fields(method, task);
    if (state !== 'failed' || fields(method, tags)['retrigger'] !== 'true') continue;
    return { taskId: text(method, taskId), label: text(method, fields(method, metadata)['name']) };
  }
  throw new Error('the generated push has no failed test');
}
