import { unfinishedItems } from '../actions/outcome.ts';
import type { Result } from '../actions/perform.ts';
import type { Artifact, Link } from '../taskcluster/claims.ts';
import { graphDocuments, type GraphDocuments } from './graph-documents.ts';
import type { TaskId } from '../tasks/names.ts';

const LOG = { name: 'public/logs/live_backing.log', contentType: 'text/plain; charset=utf-8' };
const REPORT = artifact('retrigger');

export const LIVE_LOG: Link = { name: 'public/logs/live.log', artifact: LOG.name };

/** Every action task has these, whatever its outcome, so they can be created before the outcome is known. */
export const ARTIFACTS: readonly (Omit<Artifact, 'content'> | Link)[] = [
  LOG,
  artifact('label-to-taskid'),
  artifact('to-run'),
  artifact('task-graph'),
  REPORT,
  LIVE_LOG,
];

/**
 * The documents of an action task, the same as today's, for Treeherder and later in-tree actions. They list only what
 * was created: taskgraph overlays the decision task's maps with them.
 *
 * @param result undefined if the action could not be performed at all
 */
export function documents(actionId: TaskId, log: string, result: Result | undefined): Artifact[] {
  const parts = result?.kind === 'performed' ? graphDocuments(result) : new Map([['', NOTHING_MADE]]);
  return [
    { ...LOG, content: log },
    ...[...parts].flatMap(([suffix, files]) =>
      Object.entries(files).map(([name, content]) => json(artifact(`${name}${suffix}`), content)),
    ),
    json(REPORT, report(actionId, result)),
  ];
}

const NOTHING_MADE: GraphDocuments = { 'task-graph': {}, 'label-to-taskid': {}, 'to-run': [] };

/** `public/retrigger.json`; its schema is docs/retrigger.schema.json. */
function report(actionId: TaskId, result: Result | undefined): Record<string, unknown> {
  const version = { version: 1, actionId };
  if (!result) return { ...version, result: 'failed', items: [], warnings: [] };
  if (result.kind === 'forwarded') {
    const { because, reason } = result.plan;
    const taskId = result.answer?.taskId ?? null;
    return {
      ...version,
      result: succeeded(result) ? 'forwarded' : 'failed',
      items: [],
      warnings: [],
      forward: { because, reason, taskId },
    };
  }
  const { items, warnings } = result.outcome;
  return { ...version, result: succeeded(result) ? 'completed' : 'failed', items, warnings };
}

/**
 * Whether the action task ends as completed: everything was done. Having nothing to do is not a failure, as in
 * taskgraph: projects send mail about failed action tasks.
 */
export function succeeded(result: Result): boolean {
  if (result.kind === 'forwarded') return result.answer !== undefined;
  return unfinishedItems(result.outcome).length === 0;
}

function artifact(name: string): Omit<Artifact, 'content'> {
  return { name: `public/${name}.json`, contentType: 'application/json' };
}

function json(named: Omit<Artifact, 'content'>, content: unknown): Artifact {
  return { ...named, content: `${JSON.stringify(content, undefined, 2)}\n` };
}
