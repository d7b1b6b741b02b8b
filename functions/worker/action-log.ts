import { unfinishedItems, type ItemOutcome } from '../actions/outcome.ts';
import type { Result } from '../actions/perform.ts';
import type { Standing } from '../actions/plan.ts';
import { oneLine, TEXT_LIMITS } from '../platform/bounded-text.ts';
import type { Claim } from '../taskcluster/claims.ts';
import { hookPath } from '../tasks/hook-name.ts';
import type { ActionTask } from './action-task.ts';
import type { TaskId } from '../tasks/names.ts';

/**
 * The log of an action task, for a developer who misses a new job: who requested the action, what was done and why,
 * with links. Its last lines say what to do.
 */
export class ActionLog {
  readonly #rootUrl: string;
  readonly #started: number;
  readonly #lines: string[] = [];

  constructor(rootUrl: string, { taskId, runId, task }: Claim) {
    this.#rootUrl = rootUrl;
    this.#started = performance.now();
    this.#add(`${task.metadata.name}: ${this.#link(taskId)}, run ${runId}`);
  }

  asked({ payload, clientId, hook }: ActionTask): void {
    const { action, repository } = payload.decision;
    this.#add(`requested by ${clientId ?? 'an unknown user'} through ${hookPath(hook)}`);
    this.#add(`push: ${repository.project}, ${this.#rootUrl}/tasks/groups/${payload.user.taskGroupId}`);
    this.#add(`action ${action.cb_name}, input ${JSON.stringify(payload.user.input)}`);
  }

  ended(result: Result): void {
    if (result.kind === 'forwarded') return this.#forwarded(result);
    const { items, warnings } = result.outcome;
    for (const { label, taskId } of foundInIndex(result)) {
      this.#add(
        `found  ${label}  ${this.#link(taskId)}: the index already has it, so it is not created again`,
      );
    }
    for (const item of items) this.#item(item);
    for (const warning of warnings) this.#add(`warning: ${warning}`);
    if (result.kind === 'canceled') return this.#canceled(result);
    const count = (wanted: ItemOutcome['result']) => items.filter((item) => item.result === wanted).length;
    const unknown = count('unknown') > 0 ? `, ${count('unknown')} unknown` : '';
    this.#add(
      `${count('created')} created, ${count('rerun')} rerun, ${count('noop')} with nothing to do, ` +
        `${count('refused')} refused${unknown}`,
    );
    if (count('refused') + count('unknown') > 0) this.#unfinished(items);
    else if (count('created') + count('rerun') === 0) {
      this.#add(`There was nothing to run again${items.length > 0 ? ':' : ': the request names no task'}`);
      for (const { label, reason } of items) this.#add(`- ${label}: ${reason}`);
    }
  }

  #unfinished(items: readonly ItemOutcome[]): void {
    const refused = items.filter(({ result }) => result === 'refused');
    const unknown = items.filter(({ result }) => result === 'unknown');
    const done = items.some(({ result }) => result === 'created' || result === 'rerun');
    if (refused.length > 0) {
      this.#add('Not everything was run again. What was refused, and why:');
      for (const item of refused) this.#add(`- ${item.label}: ${item.reason}`);
    }
    if (unknown.length > 0) {
      this.#add('Taskcluster did not say what became of these:');
      // mutant stays: what has no newTaskId is a rerun, and has a taskId
      for (const { label, taskId = '', newTaskId } of unknown) {
        const doubt = newTaskId ? `may exist: ${newTaskId}` : `${taskId} may have a new run`;
        this.#add(`- ${label}: ${doubt}`);
      }
      this.#add('Check the push before you retrigger them.');
    }
    if (refused.length === 0) return;
    this.#add(`${leadOf(done, unknown.length > 0)} ${whatToDo(refused)}`);
  }

  #canceled({ outcome: { items } }: Extract<Result, { kind: 'canceled' }>): void {
    const count = (wanted: ItemOutcome['result']) => items.filter(({ result }) => result === wanted).length;
    const unfinished = unfinishedItems({ items });
    this.#add(
      `${count('canceled')} canceled, ${count('noop')} with nothing to do, ${unfinished.length} not canceled`,
    );
    for (const { label, result, reason } of unfinished)
      this.#add(`- ${result === 'unknown' ? 'may still run' : 'not canceled'}: ${label}: ${reason}`);
    if (unfinished.length > 0) this.#add(`Cancel the rest ${whatToDo(unfinished)}`);
    else if (count('canceled') === 0) this.#add('There was nothing to cancel.');
  }

  /** Logs that the action could not be performed at all. */
  failed(reason: string, advice: string): void {
    this.#add(`failed: ${reason}`);
    this.#add(advice);
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  #forwarded({ plan, answer }: Extract<Result, { kind: 'forwarded' }>): void {
    this.#add(`this action needs the full action task: ${plan.reason} (${plan.because})`);
    if (answer?.taskId) this.#add(`it runs as ${this.#link(answer.taskId)}; see there for the result`);
    else if (answer) this.#add('the full hook created no task');
    else
      this.#add(
        'There is no full hook to forward it to. Ask the people who run the hooks to check them (`npm run hooks -- diff`).',
      );
  }

  #item({ label, taskId, newTaskId, result, reason, earlier }: ItemOutcome): void {
    const done = {
      created: 'created',
      rerun: 'rerun',
      canceled: 'canceled',
      noop: 'nothing',
      refused: 'refused',
      unknown: 'unknown',
    }[result];
    const where = newTaskId ?? taskId;
    const at = where ? `  ${this.#link(where)}` : '';
    const from = newTaskId && taskId ? `, a clone of ${taskId}` : '';
    const when = earlier ? ' (by an earlier run of this task)' : '';
    this.#add(`${done}  ${label}${at}${from}: ${reason}${when}`);
  }

  #link(taskId: TaskId): string {
    return `${this.#rootUrl}/tasks/${taskId}`;
  }

  #add(line: string): void {
    const ms = Math.round(performance.now() - this.#started);
    // One line each, even if a label or an error message holds line breaks.
    this.#lines.push(`[${String(ms).padStart(6)} ms] ${oneLine(line, TEXT_LIMITS.logField)}`);
  }
}

function leadOf(done: boolean, inDoubt: boolean): string {
  if (inDoubt) return 'Retrigger only what was refused,';
  return done
    ? 'The other tasks were run again; retrigger only what was refused'
    : 'Nothing was run again. Retrigger';
}

/** From the first round; the others find the same. */
function foundInIndex(result: Result): readonly Standing[] {
  if (result.kind !== 'performed') return [];
  const [round] = result.plan.rounds;
  return round?.standing.filter(({ in: where }) => where === 'index') ?? [];
}

/** Advice after refusals, recognized by the services' messages. */
function whatToDo(refused: readonly ItemOutcome[]): string {
  const says = (words: RegExp) => refused.some(({ reason }) => words.test(reason));
  if (says(/InsufficientScopes/)) {
    return 'once the scopes named above are granted: ask in #firefox-ci, with a link to this task.';
  }
  if (says(/sealed|deadline/)) {
    return 'on a newer push: nothing more can run in this one, so push again.';
  }
  if (says(/no such label|no longer has this task/)) return 'with a label that this push has, or push again.';
  return 'later. If it is refused again, ask in #taskcluster, with a link to this task.';
}
