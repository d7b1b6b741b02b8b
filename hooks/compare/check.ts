import { isDeepStrictEqual } from 'node:util';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { satisfiesExpression } from 'taskcluster-lib-scopes';
import payloadSchema from '../templates/action-task-payload.schema.json' with { type: 'json' };
import { hookPath } from '../../functions/tasks/hook-name.ts';
import { isObject, type HookDefinition, type Json, type JsonObject } from '../read/definition.ts';
import type { PushSource, Subject } from '../render/subjects.ts';
import { payloadTable, type PayloadRow } from './payload-table.ts';
import { createTaskScopes, missingChoices } from './scopes.ts';
import { completeTask, identityOf, isWorkerTask, taskProblems } from './task-rules.ts';
import { renderTemplate } from '../render/template.ts';

/** A problem with one hook. */
export interface Finding {
  hook: string;
  /** name of the payload, if it is about one */
  payload?: string;
  message: string;
}

export interface CheckResult {
  findings: Finding[];
  /** payloads rendered */
  rendered: number;
  /** payloads that the hook's own trigger schema refuses, as today */
  refused: number;
  /** payloads that neither today's template nor the wrapped one can render (another kind of push) */
  failing: number;
  /** one of the action tasks that it would create for the worker; undefined if it creates none */
  actionTask?: { hook: string; scopes: string[]; fastActions: string[] } | undefined;
}

const OWN_TASK_ID = 'ActionTkQ0aCheckOnly1A';
const isActionTaskPayload = new Ajv({ strict: true, allErrors: true }).compile(payloadSchema);

/** `quick`: each fast action once, with a push that the hook's template can render. */
export type Extent = 'every payload' | 'quick';

/**
 * Checks one hook as it would be deployed, with the payloads of the table. Pure: `now` is the time at which the hook
 * fires.
 */
export function checkHook(subject: Subject, now: string, extent: Extent = 'every payload'): CheckResult {
  const { wanted, full, source, fastActions } = subject;
  const hook = hookPath(wanted);
  const result: CheckResult = { findings: [], rendered: 0, refused: 0, failing: 0 };
  const accepts = compileTriggerSchema(wanted.triggerSchema);
  if (typeof accepts === 'string') {
    result.findings.push({ hook, message: `triggerSchema does not compile: ${accepts}` });
    return result;
  }
  if (full !== null && subject.original !== null && !isDeepStrictEqual(full.task, subject.original.task)) {
    result.findings.push({
      hook,
      message: 'the full copy is not the original template: forwards could loop',
    });
  }
  const rendered = new Set<string>();
  for (const row of payloadTable(source, fastActions)) {
    if (extent === 'quick' && (!row.fast || rendered.has(row.action))) continue;
    const payload = subject.original === null ? withFull(row.payload, source) : row.payload;
    if (!accepts(payload)) {
      result.refused++;
      continue;
    }
    result.rendered++;
    const before = subject.original === null ? undefined : fire(subject.original, payload, now);
    if (before?.error === undefined) rendered.add(row.action);
    else result.failing++;
    result.actionTask ??= actionTaskOf(subject, payload, now);
    const messages = checkRow({ ...row, payload }, before, subject, now);
    result.findings.push(...messages.map((message) => ({ hook, payload: row.name, message })));
  }
  if (result.rendered > 0 && result.rendered === result.failing) {
    result.findings.push({ hook, message: 'its template renders with none of the payloads, wrapped or not' });
  }
  if (result.rendered === 0) {
    result.findings.push({
      hook,
      message: 'its triggerSchema refuses every payload that Treeherder would send',
    });
  }
  return result;
}

/** Compiles the schema as the hooks service does at each trigger. Returns the message if that fails. */
function compileTriggerSchema(schema: JsonObject): ((payload: Json) => boolean) | string {
  const ajv = new Ajv({ validateFormats: true, verbose: true, allErrors: true });
  addFormats.default(ajv);
  try {
    const validate = ajv.compile(schema);
    return (payload) => validate(payload);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function withFull(payload: JsonObject, source: PushSource): JsonObject {
  return { ...payload, full: { hookId: `in-tree-action-${source.level}-generic/0123456789` } };
}

type Outcome = { task: Json; error?: undefined } | { error: string };

function fire(hook: HookDefinition, payload: JsonObject, now: string): Outcome {
  const context = { payload, taskId: OWN_TASK_ID, now, clientId: 'check', firedBy: 'triggerHook' };
  try {
    return { task: renderTemplate(hook.task, context) };
  } catch (error) {
    return { error: error instanceof Error ? error.name : String(error) };
  }
}

function actionTaskOf(
  { wanted, taskQueueId, fastActions }: Subject,
  payload: JsonObject,
  now: string,
): CheckResult['actionTask'] {
  const fired = fire(wanted, payload, now);
  if (fired.error !== undefined || !isWorkerTask(fired.task, taskQueueId)) return undefined;
  return { hook: hookPath(wanted), scopes: identityOf(fired.task).scopes, fastActions };
}

function checkRow(row: PayloadRow, before: Outcome | undefined, subject: Subject, now: string): string[] {
  const { wanted, taskQueueId, roleScopes } = subject;
  const ours = fire(wanted, row.payload, now);
  // What today's template cannot render (another kind of push) must fail the same way.
  if (before?.error !== undefined) {
    return ours.error === before.error
      ? []
      : ['today’s template fails with this payload, but the wrapped one does not'];
  }
  if (ours.error !== undefined) return [`rendering fails with ${ours.error}`];
  if (before !== undefined && !row.fast) {
    return isDeepStrictEqual(ours.task, before.task)
      ? []
      : ['renders a different task than today, for an action that is not fast'];
  }
  // A template may render no task for this push. A global hook accepts slow actions too, and the worker forwards them.
  if (before !== undefined && !isObject(before.task))
    return isDeepStrictEqual(ours, before) ? [] : ['renders a task where today’s hook renders none'];
  // In snippet mode the repository decides, and most have not adopted the snippet.
  if (subject.mode === 'snippet' && isDeepStrictEqual(ours, before)) return [];
  if (!isWorkerTask(ours.task, taskQueueId))
    return [`does not render a task for ${taskQueueId}, for a fast action`];
  return workerTaskProblems(ours.task, subject, now).concat(
    roleScopes === undefined ? [] : scopeProblems(ours.task, before?.task, roleScopes),
  );
}

function workerTaskProblems(rendered: JsonObject, subject: Subject, now: string): string[] {
  const task = completeTask(rendered, OWN_TASK_ID, now);
  const problems = taskProblems(task, now).map((problem) => `createTask would refuse it: ${problem}`);
  if (!isActionTaskPayload(task.payload)) {
    problems.push(...(isActionTaskPayload.errors ?? []).map((e) => `payload${e.instancePath} ${e.message}`));
  }
  const { scopes } = identityOf(task);
  if (satisfiesExpression(scopes, `hooks:trigger-hook:${hookPath(subject.wanted)}`)) {
    problems.push('a loop is possible: the action task may trigger the hook that made it');
  }
  const target = isObject(task.payload) && isObject(task.payload.full) ? task.payload.full : {};
  const { hookGroupId = null, hookId = null } = target;
  const named = typeof hookGroupId === 'string' && typeof hookId === 'string';
  if (!named || !satisfiesExpression(scopes, `hooks:trigger-hook:${hookGroupId}/${hookId}`)) {
    problems.push('the action task may not trigger the full hook, so it could not forward');
  }
  return problems;
}

/** What the hook's role lacks for our task. Does not report what it also lacks for today's task. */
function scopeProblems(rendered: JsonObject, today: Json | undefined, roleScopes: string[]): string[] {
  const lacks = (task: JsonObject): string[] =>
    missingChoices(roleScopes, createTaskScopes(identityOf(task)));
  const already = new Set(isObject(today) ? lacks(today) : []);
  return lacks(rendered)
    .filter((scope) => !already.has(scope))
    .map((scope) => `the hook's role lacks ${scope}`);
}
