import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isObject, type HookDefinition, type Json, type JsonObject } from '../../hooks/read/definition.ts';
import type { WrapSettings } from '../../hooks/render/wrap.ts';

/** Hooks and payloads for tests, in the two shapes of in-tree templates: Mercurial's and GitHub's. */
export const SETTINGS: WrapSettings = {
  mode: 'wrap',
  taskQueueId: 'gecko-1/retrigger',
  fastActions: ['retrigger', 'retrigger-disabled', 'retrigger-multiple', 'rerun'],
  priority: null,
};

export const OWN_TASK_ID = 'ActionTkQ0aOwnTaskId1A';
export const DECISION_TASK_ID = 'DecisionQ0aTaskGroup1A';
export const NOW = '2026-05-04T10:00:00.000Z';

const ACTION_LET: JsonObject = {
  tasks_for: 'action',
  action: {
    name: '${payload.decision.action.name}',
    title: '${payload.decision.action.title}',
    description: '${payload.decision.action.description}',
    taskGroupId: '${payload.decision.action.taskGroupId}',
    symbol: '${payload.decision.action.symbol}',
    cb_name: '${payload.decision.action.cb_name}',
    repo_scope: 'assume:repo:${payload.decision.repository.url[8:]}:action:generic',
    action_perm: 'generic',
  },
  push: { $eval: 'payload.decision.push' },
  repository: { $eval: 'payload.decision.repository' },
  input: { $eval: 'payload.user.input' },
  parameters: { $eval: "payload.decision['parameters']" },
  taskId: { $eval: 'payload.user.taskId' },
  taskGroupId: { $eval: 'payload.user.taskGroupId' },
  ownTaskId: { $eval: 'taskId' },
};

function template(file: string): JsonObject {
  const value: unknown = parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
  if (!isObject(value)) throw new Error(`${file} must hold a mapping`);
  return value;
}

function hook(hookGroupId: string, hookId: string, task: JsonObject): HookDefinition {
  return {
    hookGroupId,
    hookId,
    metadata: {
      name: `${hookGroupId}/${hookId}`,
      description: 'An in-tree action',
      owner: 'releng@example.com',
      emailOnError: true,
    },
    task: { $let: ACTION_LET, in: task },
    triggerSchema: { type: 'object', additionalProperties: true },
    schedule: [],
    bindings: [],
  };
}

export function hgHook(hash = 'ab12cd34ef', level = 1): HookDefinition {
  return hook('project-gecko', `in-tree-action-${level}-generic/${hash}`, template('hg-task.yml'));
}

export function gitHook(hash = '0123456789'): HookDefinition {
  return hook('project-mobile', `in-tree-action-1-generic/${hash}`, template('git-task.yml'));
}

export interface PayloadOptions {
  cbName?: string;
  input?: Json;
  taskId?: Json;
  parameters?: JsonObject;
  branch?: string;
}

/** A trigger payload as Treeherder renders it from actions.json. */
export function payload(options: PayloadOptions = {}): JsonObject {
  const { cbName = 'retrigger', input = { times: 1 }, taskId = 'TargetTkQ0aOriginals1A' } = options;
  return {
    decision: {
      action: {
        cb_name: cbName,
        name: cbName,
        title: 'Retrigger',
        description: 'Create a clone of the task.',
        symbol: 'rt',
        taskGroupId: DECISION_TASK_ID,
      },
      push: {
        owner: 'dev@example.com',
        revision: '7b3d1c9e5f2a8064b1d7e3c9a5f208641b7d3e9c',
        pushlog_id: '4711',
        ...(options.branch === undefined ? {} : { branch: options.branch }),
      },
      repository: { url: 'https://hg.mozilla.org/try', project: 'try', level: '1' },
      ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
    },
    user: { input, taskId, taskGroupId: DECISION_TASK_ID },
  };
}

export function context(trigger: Json) {
  return {
    payload: trigger,
    taskId: OWN_TASK_ID,
    now: NOW,
    clientId: 'mozilla-auth0/ad|dev',
    firedBy: 'triggerHook',
  };
}
