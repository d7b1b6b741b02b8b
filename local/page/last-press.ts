import type { Forward } from '../forwards.ts';
import { countOf } from './calls.ts';
import { byId, element } from './element.ts';
import type { Outcome } from './follow.ts';
import { linked } from './links.ts';
import type { Panel } from './panel.ts';
import type { QueueReads } from './queue-reads.ts';
import { number, plural } from './number.ts';
import { timelinePicture } from './timeline-picture.ts';

const MAX_LINKS = 20;
const OPEN_UP_TO = 5;

/** The panel's report on the last press. Each press starts a new one. */
export class LastPress {
  readonly #queue: QueueReads;
  readonly #panel: Panel;

  constructor(queue: QueueReads, panel: Panel) {
    this.#queue = queue;
    this.#panel = panel;
  }

  begin(what: string): void {
    this.fail(what);
    this.#panel.showPress();
  }

  /** Shows only this text. */
  fail(text: string): void {
    byId('result', HTMLElement).replaceChildren(...this.#linked(text.trim()));
    for (const id of ['timeline', 'new-tasks', 'action-log']) byId(id, HTMLElement).replaceChildren();
  }

  /** Shows a summary, the timeline, links to the new tasks and the log of the action task. */
  async finish(outcome: Outcome, summary: string): Promise<void> {
    const { way, taskId, steps, created, rerun, canceled } = outcome;
    this.fail(summary);
    if (steps.length > 0) byId('timeline', HTMLElement).replaceChildren(timelinePicture(steps));
    byId('new-tasks', HTMLElement).replaceChildren(...this.#list([...created, ...rerun, ...canceled]));
    const log = way === 'queued' ? await this.#queue.log(taskId) : undefined;
    if (!log) return;
    byId('action-log', HTMLElement).replaceChildren(
      element(
        'details',
        { open: '' },
        element('summary', {}, 'Log of the action task'),
        this.#panel.text('Log of the action task', log.text),
      ),
    );
  }

  #list(taskIds: readonly string[]): HTMLElement[] {
    if (taskIds.length === 0) return [];
    const items = taskIds.slice(0, MAX_LINKS).map((taskId) => element('li', {}, ...this.#linked(taskId)));
    const more = taskIds.length - items.length;
    if (more > 0) items.push(element('li', {}, `and ${number(more)} more`));
    const name = element('summary', {}, plural(taskIds.length, 'task'));
    const list = element('details', {}, name, element('ul', {}, ...items));
    list.open = taskIds.length <= OPEN_UP_TO;
    return [list];
  }

  #linked(text: string): Node[] {
    return linked(text, (taskId) => this.#queue.taskUrl(taskId));
  }
}

/** When the browser saw what an action wrote. */
export interface Seen {
  /** ms since the click */
  ms: number;
  /** Some of the tasks wait for others, so they are not pending yet. */
  waits: boolean;
}

/**
 * @param seen undefined if there was nothing to see
 * @param forward if the functions have logged one
 */
export function summarize(outcome: Outcome, seen: Seen | undefined, forward: Forward | undefined): string {
  const { way, taskId, created, rerun, canceled, resolvedAs } = outcome;
  if (forward) return `Forwarded to the full action task ${forward.taskId}: ${forward.reason}.`;
  if (countOf(outcome) === 0) {
    if (way === 'direct') return `Forwarded to the full action task ${taskId}.`;
    return resolvedAs === 'reportFailed'
      ? `The action task ${taskId} failed. Its log says why.`
      : `The action task ${taskId} found nothing to do. Its log says why.`;
  }
  const parts = [
    ...(created.length > 0 ? [plural(created.length, 'new job')] : []),
    ...(rerun.length > 0 ? [`${number(rerun.length)} rerun`] : []),
    ...(canceled.length > 0 ? [`${number(canceled.length)} canceled`] : []),
  ];
  // The browser learns of it a little later than the timeline's own `pending`.
  const shown = created.length + rerun.length === 0 || seen?.waits ? 'shown' : 'shown as pending';
  const failed =
    resolvedAs === 'reportFailed' ? ' Not everything was done: see the log of the action task.' : '';
  return `${parts.join(', ')}, ${shown} ${seen?.ms.toFixed(0)} ms after the click, the ${way} way.${failed}`;
}
