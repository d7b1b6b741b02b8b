import type { Json, JsonObject } from '../read/definition.ts';
import type { PushSource } from '../render/subjects.ts';

/** One row of the payload table with which `check` renders every hook. */
export interface PayloadRow {
  name: string;
  /** the part of the name that says what is done */
  action: string;
  /** whether the wrapped hook must treat it as fast */
  fast: boolean;
  payload: JsonObject;
}

const TASK_ID = 'TargetTkQ0aOriginals1A';
const DECISION_TASK_ID = 'DecisionQ0aTaskGroup1A';
const REVISION = '7b3d1c9e5f2a8064b1d7e3c9a5f208641b7d3e9c';

interface Action {
  cbName: string;
  input: Json;
  taskId: Json;
  /** one of these must be listed besides the callback; absent if the callback is enough */
  needs?: string[];
}

const MULTIPLE = { requests: [{ tasks: ['build-linux64/opt', 'test-linux64/opt-xpcshell-1'], times: 2 }] };
const ACTIONS: Record<string, Action> = {
  retrigger: { cbName: 'retrigger', input: { times: 1 }, taskId: TASK_ID },
  'retrigger without input': { cbName: 'retrigger', input: null, taskId: TASK_ID },
  'retrigger with downstream': {
    cbName: 'retrigger',
    input: { downstream: true },
    taskId: TASK_ID,
    needs: ['downstream'],
  },
  'retrigger with force': {
    cbName: 'retrigger',
    input: { force: true },
    taskId: TASK_ID,
    needs: ['graph', 'downstream'],
  },
  'retrigger-disabled': { cbName: 'retrigger-disabled', input: {}, taskId: TASK_ID },
  'retrigger-multiple': { cbName: 'retrigger-multiple', input: MULTIPLE, taskId: null },
  rerun: { cbName: 'rerun', input: null, taskId: TASK_ID },
  'retrigger-decision': { cbName: 'retrigger-decision', input: null, taskId: TASK_ID },
  'add-new-jobs': { cbName: 'add-new-jobs', input: { tasks: ['a'], times: 2 }, taskId: null },
  cancel: { cbName: 'cancel', input: {}, taskId: TASK_ID },
  'cancel-all': { cbName: 'cancel-all', input: null, taskId: null },
  // These names are in the list, but are no callbacks.
  'callback graph': { cbName: 'graph', input: null, taskId: null, needs: [] },
};

/** Mercurial pushes have a pushlog id; git pushes have "0" and a branch; newer taskgraphs send base_revision. */
const PUSHES: Record<string, JsonObject> = {
  'hg push': { pushlog_id: '4711' },
  'hg push with base_revision and branch': {
    pushlog_id: '4711',
    base_revision: REVISION,
    branch: 'default',
  },
  'git push': { pushlog_id: '0', branch: 'main' },
  'git push with base_revision': { pushlog_id: '0', branch: 'main', base_revision: REVISION },
};
const PULL_REQUESTS: Record<string, JsonObject> = {
  'pull request': { pushlog_id: '0', branch: 'topic', base_branch: 'main', base_revision: REVISION },
};

/** Every action, for every kind of push, with and without decision parameters. */
export function payloadTable(source: PushSource, fastActions: string[]): PayloadRow[] {
  const pushes = source.pullRequest ? PULL_REQUESTS : PUSHES;
  return Object.entries(pushes).flatMap(([pushName, push]) =>
    Object.entries(ACTIONS).flatMap(([actionName, action]) =>
      [false, true].map((withParameters) => ({
        name: `${actionName}, ${pushName}, ${withParameters ? 'with' : 'without'} parameters`,
        action: actionName,
        fast: isFast(action, fastActions),
        payload: toPayload(source, push, action, withParameters),
      })),
    ),
  );
}

function isFast({ cbName, needs }: Action, fastActions: string[]): boolean {
  return (
    fastActions.includes(cbName) && (needs === undefined || needs.some((name) => fastActions.includes(name)))
  );
}

function toPayload(
  source: PushSource,
  push: JsonObject,
  action: Action,
  withParameters: boolean,
): JsonObject {
  const { cbName, input, taskId } = action;
  const { url, project, level, pullRequest } = source;
  return {
    decision: {
      action: {
        cb_name: cbName,
        name: cbName,
        title: 'Title',
        description: 'What it does.',
        symbol: 'rt',
        taskGroupId: DECISION_TASK_ID,
      },
      push: { owner: 'someone@example.com', revision: REVISION, ...push },
      repository: {
        url,
        project,
        level: String(level),
        ...(pullRequest ? { base_url: url } : {}),
      },
      ...(withParameters ? { parameters: { project, level: String(level), head_rev: REVISION } } : {}),
    },
    user: { input, taskId, taskGroupId: DECISION_TASK_ID },
  };
}
