import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError } from '../../cli/command.ts';
import { actionsJson } from './actions.ts';
import { decisionFacts, type DecisionFacts } from './decision-facts.ts';
import type { Push, PushTask } from './push.ts';
import { inTreeActionHook } from './taskcluster-yml.ts';
import { isObject } from '../../functions/tasks/shapes.ts';

/** A push directory of the wrong form; the message names the file and the field. */
export class PushFormatError extends CommandError {
  constructor(file: string, field: string, problem: string) {
    super(field === '' ? `${file}: ${problem}` : `${file}: ${field}: ${problem}`);
    this.name = 'PushFormatError';
  }
}

const states: readonly PushTask['state'][] = [
  'unscheduled',
  'pending',
  'running',
  'completed',
  'failed',
  'exception',
];
const slugid = /^[A-Za-z0-9_-]{22}$/;

/** Optional files, which become artifacts of the decision task. */
const decisionArtifacts: Record<string, string> = {
  'actions.json': 'public/actions.json',
  'full-task-graph.json': 'public/full-task-graph.json',
  'label-to-taskid.json': 'public/label-to-taskid.json',
  'parameters.json': 'public/parameters.yml',
  'task-graph.json': 'public/task-graph.json',
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** The object in a file; undefined if there is no such file. */
async function readObject(dir: string, file: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await readFile(join(dir, file), 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new PushFormatError(
      file,
      '',
      `not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (!isObject(content)) throw new PushFormatError(file, '', 'must be an object');
  return content;
}

async function readRequired(dir: string, file: string): Promise<Record<string, unknown>> {
  const content = await readObject(dir, file);
  if (!content) throw new PushFormatError(file, '', `there is no such file in ${dir}`);
  return content;
}

const readTasks = (file: string, content: Record<string, unknown>): Push['tasks'] => {
  const tasks: Push['tasks'] = {};
  for (const [taskId, entry] of Object.entries(content)) {
    if (!slugid.test(taskId)) throw new PushFormatError(file, taskId, 'not a taskId');
    if (!isObject(entry)) throw new PushFormatError(file, taskId, 'must be an object {label, state, task}');
    const { label, task } = entry;
    if (typeof label !== 'string') throw new PushFormatError(file, `${taskId}.label`, 'must be a string');
    if (!isObject(task)) throw new PushFormatError(file, `${taskId}.task`, 'must be an object');
    const state = states.find((known) => known === entry['state']);
    if (!state) throw new PushFormatError(file, `${taskId}.state`, `must be one of ${states.join(', ')}`);
    tasks[taskId] = { label, state, task };
  }
  return tasks;
};

/** A map from labels or index paths to taskIds of known tasks. */
const readTaskIds = (
  file: string,
  content: Record<string, unknown>,
  tasks: Push['tasks'],
): Record<string, string> => {
  const taskIds: Record<string, string> = {};
  for (const [name, taskId] of Object.entries(content)) {
    if (typeof taskId !== 'string') throw new PushFormatError(file, name, 'must be a taskId');
    if (!Object.hasOwn(tasks, taskId))
      throw new PushFormatError(file, name, `task ${taskId} is not in queue.json`);
    taskIds[name] = taskId;
  }
  return taskIds;
};

const readArtifacts = (
  file: string,
  content: Record<string, unknown>,
  tasks: Push['tasks'],
): Push['artifacts'] => {
  const artifacts: Push['artifacts'] = {};
  for (const [taskId, named] of Object.entries(content)) {
    if (!Object.hasOwn(tasks, taskId))
      throw new PushFormatError(file, taskId, 'the task is not in queue.json');
    if (!isObject(named))
      throw new PushFormatError(file, taskId, 'must be an object from artifact names to contents');
    artifacts[taskId] = { ...named };
  }
  return artifacts;
};

const factsOf = (decisionTaskId: string, { task }: PushTask): DecisionFacts => {
  try {
    return decisionFacts(task);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new PushFormatError('queue.json', `${decisionTaskId}.task`, problem);
  }
};

/**
 * Reads a recorded push. The directory holds
 * - `meta.json`: `{decision: <taskId>}`; more is ignored;
 * - `queue.json`: taskId → `{label, state, task}`;
 * - `label-to-taskid.json`: of the decision task;
 * - `index.json`: index path → taskId;
 * - optionally `extra-artifacts.json` (taskId → artifact name → content) and, as further artifacts of the decision
 *   task, `actions.json`, `parameters.json`, `task-graph.json` and `full-task-graph.json`. Without `actions.json`
 *   one is made, for the in-tree action hook of the decision task's trust domain and level.
 *
 * @throws PushFormatError naming the file and the field.
 */
export async function readPushDir(dir: string): Promise<Push> {
  const tasks = readTasks('queue.json', await readRequired(dir, 'queue.json'));
  const { decision } = await readRequired(dir, 'meta.json');
  if (typeof decision !== 'string') throw new PushFormatError('meta.json', 'decision', 'must be a taskId');
  const decisionTask = tasks[decision];
  if (!decisionTask)
    throw new PushFormatError('meta.json', 'decision', `task ${decision} is not in queue.json`);

  readTaskIds('label-to-taskid.json', await readRequired(dir, 'label-to-taskid.json'), tasks);
  const index = readTaskIds('index.json', await readRequired(dir, 'index.json'), tasks);
  const artifacts = readArtifacts(
    'extra-artifacts.json',
    (await readObject(dir, 'extra-artifacts.json')) ?? {},
    tasks,
  );
  const ofDecision: Record<string, unknown> = { ...artifacts[decision] };
  for (const [file, name] of Object.entries(decisionArtifacts)) {
    const content = await readObject(dir, file);
    if (content) ofDecision[name] = content;
  }
  if (ofDecision['public/actions.json'] === undefined) {
    const { trustDomain, repository, revision, pushlogId } = factsOf(decision, decisionTask);
    const hook = inTreeActionHook(repository.level, 'generic', trustDomain);
    ofDecision['public/actions.json'] = actionsJson({
      decisionTaskId: decision,
      repository,
      revision,
      pushlogId,
      hook,
    });
  }
  return { decisionTaskId: decision, tasks, index, artifacts: { ...artifacts, [decision]: ofDecision } };
}
