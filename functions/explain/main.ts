/**
 * `npm run explain -- --payload FILE [--hook GROUP/ID] [--json]`
 * Prints what we would do with an action payload, why, and with which calls; writes nothing to Taskcluster.
 */
import { readFile } from 'node:fs/promises';
import { CommandError, runCommand, UsageError, type Values } from '../../cli/command.ts';
import { parsePayload } from '../actions/dispatch.ts';
import { prepare } from '../actions/perform.ts';
import type { ActionPayload } from '../actions/payload.generated.js';
import { ApiError } from '../platform/api-error.ts';
import { Log } from '../platform/log.ts';
import { parseInTreeHook, type InTreeHook } from '../tasks/hook-name.ts';
import { randomTaskId } from '../tasks/task-id.ts';
import { TaskclusterClient } from '../taskcluster/client.ts';
import { TaskclusterError } from '../ports/error.ts';
import { Downloads } from '../taskcluster/download.ts';
import { TaskclusterReader } from '../taskcluster/reader.ts';
import { describePlan } from './describe-plan.ts';

const OPTIONS = {
  payload: { type: 'string', value: 'FILE', about: 'the action payload, as JSON' },
  hook: {
    type: 'string',
    value: 'GROUP/ID',
    about: "the hook that it is for; by default, the one in the decision task's actions.json",
  },
  json: { type: 'boolean', default: false, about: 'print the plan as JSON' },
} as const;

async function explain(values: Values<typeof OPTIONS>): Promise<void> {
  if (!values.payload) throw new UsageError('--payload FILE is needed.');
  const { TASKCLUSTER_ROOT_URL: rootUrl, TASKCLUSTER_CLIENT_ID, TASKCLUSTER_ACCESS_TOKEN } = process.env;
  if (!rootUrl) throw new CommandError('TASKCLUSTER_ROOT_URL is not set.');
  const payload = parsePayload(await readPayload(values.payload));
  const credentials =
    TASKCLUSTER_CLIENT_ID && TASKCLUSTER_ACCESS_TOKEN
      ? { clientId: TASKCLUSTER_CLIENT_ID, accessToken: TASKCLUSTER_ACCESS_TOKEN }
      : undefined;
  const reader = new TaskclusterReader(
    new TaskclusterClient({ rootUrl, ...(credentials ? { credentials } : {}) }),
    new Downloads(rootUrl),
  );
  const hook = values.hook ? parseHook(values.hook) : await findHook(payload, reader);
  const id = payload.taskId ?? randomTaskId();
  const now = new Date();
  const prepared = await prepare(
    {
      payload,
      action: { id, repeated: payload.taskId !== undefined, hook, requested: now.toISOString(), now },
      killSwitch: false,
      decision: reader.task(payload.user.taskGroupId),
    },
    reader,
    new Log(() => undefined),
  );
  if (values.json) console.log(JSON.stringify(prepared.plan, undefined, 2));
  else console.log(describePlan(prepared.plan, hook));
}

async function readPayload(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new CommandError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseHook(name: string): InTreeHook {
  const slash = name.indexOf('/');
  const hook = parseInTreeHook({ hookGroupId: name.slice(0, slash), hookId: name.slice(slash + 1) });
  if (!hook)
    throw new UsageError(
      `--hook ${name} is not project-<trust domain>/in-tree-[pr-]action-<level>-<perm>/<hash>`,
    );
  return hook;
}

/** The payload does not name its hook; the decision task's actions.json, where Treeherder finds it, does. */
async function findHook(payload: ActionPayload, reader: TaskclusterReader): Promise<InTreeHook> {
  const document = await reader.artifact(payload.user.taskGroupId, 'public/actions.json');
  const actions: unknown = isFields(document) ? document['actions'] : undefined;
  for (const action of Array.isArray(actions) ? actions : []) {
    if (
      !isFields(action) ||
      !JSON.stringify(action['hookPayload'] ?? '').includes(`"cb_name":"${payload.decision.action.cb_name}"`)
    )
      continue;
    const hook = parseInTreeHook({
      hookGroupId: String(action['hookGroupId']),
      hookId: String(action['hookId']),
    });
    if (hook) return hook;
  }
  throw new CommandError(
    `public/actions.json of ${payload.user.taskGroupId} names no in-tree hook for ${payload.decision.action.cb_name}; give --hook`,
  );
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

await runCommand(
  {
    script: 'explain',
    about:
      'Prints what would be done with an action payload, why, and with which calls; writes nothing to Taskcluster.\n' +
      'Reads TASKCLUSTER_ROOT_URL, and TASKCLUSTER_CLIENT_ID and TASKCLUSTER_ACCESS_TOKEN where reading needs scopes.',
    options: OPTIONS,
  },
  async (values) => {
    try {
      await explain(values);
    } catch (error) {
      if (error instanceof ApiError || error instanceof TaskclusterError)
        throw new CommandError(error.message, { cause: error });
      throw error;
    }
  },
);
