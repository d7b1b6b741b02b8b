/**
 * `npm run explain -- --sample | --task URL | --payload FILE`
 * Prints what we would do with an action, why, and with which calls; writes nothing to Taskcluster.
 */
import { readFile } from 'node:fs/promises';
import { CommandError, runCommand, UsageError, type Values } from '../../cli/command.ts';
import { readCredentials, readRootUrl } from '../../cli/taskcluster.ts';
import { parsePayload } from '../actions/dispatch.ts';
import { GRAPH_MEMORY, graphBytes, graphsIn } from '../actions/graphs.ts';
import { prepare } from '../actions/prepare.ts';
import type { ActionPayload } from '../actions/payload.generated.js';
import { ApiError } from '../platform/api-error.ts';
import { bounded } from '../platform/bounded-text.ts';
import {
  DEFAULT_FAST_ACTIONS,
  FAST_ACTIONS,
  isFastAction,
  type FastAction,
} from '../platform/fast-actions.ts';
import { Log } from '../platform/log.ts';
import { parseInTreeHook, type InTreeHook } from '../tasks/hook-name.ts';
import { randomTaskId } from '../tasks/task-id.ts';
import { TaskclusterClient } from '../taskcluster/client.ts';
import { TaskclusterError } from '../ports/error.ts';
import { ContentCache } from '../taskcluster/content-cache.ts';
import { Downloads } from '../taskcluster/download.ts';
import { TaskclusterReader } from '../taskcluster/reader.ts';
import { describePlan, planAsJson } from './describe-plan.ts';
import { startSample } from './sample.ts';
import { parseTaskUrl } from './task-url.ts';
import { RenderError, renderTrigger } from './treeherder-payload.ts';
import { isObject } from '../tasks/shapes.ts';

const OPTIONS = {
  sample: {
    type: 'boolean',
    default: false,
    about: 'try it: a failed test of a generated push, on a local Taskcluster',
  },
  task: {
    type: 'string',
    value: 'URL',
    about: 'the task to retrigger: its address in Treeherder or Taskcluster, or its taskId',
  },
  action: { type: 'string', value: 'NAME', about: 'with --task: another action of the task, such as rerun' },
  input: {
    type: 'string',
    value: 'JSON',
    about: 'with --action: its input, as you would enter it in Treeherder',
  },
  payload: {
    type: 'string',
    value: 'FILE',
    about: 'a file with an action payload as JSON, as sent to triggerHook',
  },
  hook: {
    type: 'string',
    value: 'GROUP/ID',
    about: "with --payload: the hook; by default the one in the decision task's actions.json",
  },
  'root-url': {
    type: 'string',
    value: 'URL',
    about: 'the Taskcluster; by default from the address, else TASKCLUSTER_ROOT_URL',
  },
  'fast-actions': {
    type: 'string',
    value: 'NAMES',
    default: DEFAULT_FAST_ACTIONS.join(','),
    about: 'which actions are fast; by default the four retrigger actions',
  },
  json: { type: 'boolean', default: false, about: 'print the plan as JSON' },
} as const;

type Given = Values<typeof OPTIONS>;

async function explain(values: Given): Promise<void> {
  const { sample, task, payload, action, input, hook } = values;
  if ([sample, task !== undefined, payload !== undefined].filter(Boolean).length !== 1)
    throw new UsageError('Give one of --sample, --task URL and --payload FILE.');
  if (action !== undefined && task === undefined) throw new UsageError('--action goes with --task.');
  if (input !== undefined && action === undefined) throw new UsageError('--input goes with --action.');
  if (hook !== undefined && payload === undefined) throw new UsageError('--hook goes with --payload.');
  if (sample) return explainSample(values);
  if (task !== undefined) return explainTask(task, values);
  const parsed = parsePayload(await readPayload(payload ?? ''));
  const connection = connect(values['root-url']);
  await show(parsed, hook ? parseHook(hook) : await findHook(parsed, connection.reader), connection, values);
}

async function explainSample(values: Given): Promise<void> {
  process.stderr.write('Starting a local Taskcluster with a generated push …\n');
  const { rootUrl, taskId, label, stop } = await startSample();
  try {
    process.stderr.write(`Retrigger of ${label} (${taskId}), which failed:\n\n`);
    await explainTask(taskId, { ...values, 'root-url': rootUrl });
  } finally {
    await stop();
  }
}

async function explainTask(url: string, values: Given): Promise<void> {
  const named = parseTaskUrl(url);
  if (!named) throw new UsageError(`--task ${url} is neither a taskId nor the address of a task.`);
  const connection = connect(values['root-url'], named.rootUrl);
  const { action, input } = values;
  const { hook, payload } = await renderTrigger(connection.reader, {
    taskId: named.taskId,
    action,
    input: input === undefined ? null : parseJson(input, '--input'),
  });
  const known = parseInTreeHook(hook);
  if (!known)
    throw new CommandError(
      `${hook.hookGroupId}/${hook.hookId} is not an in-tree action hook, so nothing changes for it.`,
    );
  await show(parsePayload(payload), known, connection, values);
}

interface Connection {
  rootUrl: string;
  reader: TaskclusterReader;
}

/** Sends credentials only to the Taskcluster that they are for, never to another one that an address names. */
function connect(option: string | undefined, named?: string): Connection {
  const ours = readRootUrl(undefined, process.env);
  const rootUrl = readRootUrl(option, {}) ?? named ?? ours;
  if (!rootUrl) throw new UsageError('Which Taskcluster? Give --root-url or TASKCLUSTER_ROOT_URL.');
  const isTheirs = ours !== undefined && new URL(ours).origin === new URL(rootUrl).origin;
  const credentials = isTheirs ? readCredentials(process.env) : undefined;
  const client = new TaskclusterClient({ rootUrl, ...(credentials ? { credentials } : {}) });
  return { rootUrl, reader: new TaskclusterReader(client, new Downloads(rootUrl)) };
}

async function show(
  payload: ActionPayload,
  hook: InTreeHook,
  { rootUrl, reader }: Connection,
  { json, 'fast-actions': fast }: Given,
): Promise<void> {
  const id = payload.taskId ?? randomTaskId();
  const now = new Date();
  const prepared = await prepare(
    {
      payload,
      action: {
        id,
        repeated: payload.taskId !== undefined,
        hook,
        requested: now.toISOString(),
        now,
        rootUrl,
      },
      killSwitch: false,
      fastActions: fastActionsOf(fast),
      decision: reader.task(payload.user.taskGroupId),
    },
    { reader, graphs: graphsIn(new ContentCache(GRAPH_MEMORY, graphBytes)) },
    new Log(() => undefined),
  );
  const text = json ? planAsJson(prepared.plan) : describePlan(prepared.plan, hook);
  // A terminal would act on control characters in a label.
  console.log(bounded(text, Number.POSITIVE_INFINITY));
}

function fastActionsOf(names: string): ReadonlySet<FastAction> {
  const words = names.split(',').map((word) => word.trim());
  const known = words.filter(isFastAction);
  if (known.length < words.length)
    throw new UsageError(`--fast-actions ${names}: the names are ${FAST_ACTIONS.join(', ')}.`);
  return new Set(known);
}

async function readPayload(file: string): Promise<unknown> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return parseJson(content, file);
}

function parseJson(content: string, where: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new CommandError(`${where}: ${error instanceof Error ? error.message : String(error)}`);
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

/** Finds the hook of a payload, which does not name it, in the decision task's actions.json, as Treeherder does. */
async function findHook(payload: ActionPayload, reader: TaskclusterReader): Promise<InTreeHook> {
  const document = await reader.artifact(payload.user.taskGroupId, 'public/actions.json');
  const actions: unknown = isObject(document) ? document['actions'] : undefined;
  for (const action of Array.isArray(actions) ? actions : []) {
    if (
      !isObject(action) ||
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

await runCommand(
  {
    script: 'explain',
    about:
      'Prints what would be done with an action, why, and with which calls; writes nothing to Taskcluster.\n' +
      'Reads TASKCLUSTER_ROOT_URL, and where reading needs scopes TASKCLUSTER_CLIENT_ID, TASKCLUSTER_ACCESS_TOKEN and\n' +
      'TASKCLUSTER_CERTIFICATE.',
    options: OPTIONS,
  },
  async (values) => {
    try {
      await explain(values);
    } catch (error) {
      if (error instanceof ApiError || error instanceof TaskclusterError || error instanceof RenderError)
        throw new CommandError(error.message, { cause: error });
      throw error;
    }
  },
);
