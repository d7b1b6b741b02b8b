import type { Forward } from '../forwards.ts';
import { byId, element } from './element.ts';
import { linked } from './links.ts';
import type { Panel } from './panel.ts';
import type { QueueReads } from './queue-reads.ts';
import type { Outcome } from './retrigger.ts';
import { timelinePicture } from './timeline-picture.ts';

const MAX_LINKS = 20;
const OPEN_UP_TO = 5;

/** The panel's account of the last press, and of no other: it is begun anew with each. */
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

  /** Nothing is known of it but these words. */
  fail(text: string): void {
    byId('result', HTMLElement).replaceChildren(...this.#linked(text.trim()));
    for (const id of ['timeline', 'new-tasks', 'action-log']) byId(id, HTMLElement).replaceChildren();
  }

  /** In words, as a timeline, with links to what it made and with the log of the action task. */
  async finish(outcome: Outcome, summary: string): Promise<void> {
    const { way, taskId, steps, created, rerun } = outcome;
    this.fail(summary);
    if (steps.length > 0) byId('timeline', HTMLElement).replaceChildren(timelinePicture(steps));
    byId('new-tasks', HTMLElement).replaceChildren(...this.#list([...created, ...rerun]));
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
    if (more > 0) items.push(element('li', {}, `and ${more} more`));
    const name = `${taskIds.length} ${taskIds.length === 1 ? 'task' : 'tasks'}`;
    const list = element('details', {}, element('summary', {}, name), element('ul', {}, ...items));
    list.open = taskIds.length <= OPEN_UP_TO;
    return [list];
  }

  #linked(text: string): Node[] {
    return linked(text, (taskId) => this.#queue.taskUrl(taskId));
  }
}

/**
 * @param pendingMs until everything was seen pending in the browser; undefined if nothing was to see
 * @param forward where the functions have logged one
 */
export function summarize(
  outcome: Outcome,
  pendingMs: number | undefined,
  forward: Forward | undefined,
): string {
  const { way, taskId, created, rerun, resolvedAs } = outcome;
  const parts = [
    ...(created.length > 0 ? [`${created.length} new ${created.length === 1 ? 'job' : 'jobs'}`] : []),
    ...(rerun.length > 0 ? [`${rerun.length} rerun`] : []),
  ];
  if (forward) return `Forwarded to the full action task ${forward.taskId}: ${forward.reason}.`;
  if (parts.length === 0) {
    return resolvedAs === 'reportFailed'
      ? `The action task ${taskId} failed. Its log says why.`
      : `The full action task ${taskId} takes it on.`;
  }
  const failed =
    resolvedAs === 'reportFailed' ? ' Not everything was done: see the log of the action task.' : '';
  return `${parts.join(', ')}, pending ${pendingMs?.toFixed(0)} ms after the click, the ${way} way.${failed}`;
}
