import { element } from './element.ts';
import type { Job } from './job.ts';
import type { QueueReads } from './queue-reads.ts';

/** Everything about one job. A job that is looked at while another is loading wins. */
export class Details {
  readonly #box: HTMLElement;
  readonly #queue: QueueReads;
  readonly #jobOf: (taskId: string) => Job | undefined;
  #job: Job | undefined;

  /** @param jobOf of the tasks in the grid, for the names of dependencies */
  constructor(box: HTMLElement, queue: QueueReads, jobOf: (taskId: string) => Job | undefined) {
    this.#box = box;
    this.#queue = queue;
    this.#jobOf = jobOf;
  }

  async show(job: Job): Promise<void> {
    this.#job = job;
    this.#box.replaceChildren(facts(job));
    const task = await this.#queue.definition(job.taskId);
    const log = job.groupSymbol === 'AC' ? await this.#queue.log(job.taskId) : undefined;
    if (this.#job !== job) return;
    this.#box.append(this.#dependencies(task['dependencies']), definition(task));
    if (log !== undefined) this.#box.append(logView(log));
  }

  /** Shows a state that has changed meanwhile. */
  update(job: Job): void {
    if (this.#job !== job) return;
    const state = this.#box.querySelector('.state');
    state?.replaceWith(stateView(job));
  }

  #dependencies(taskIds: unknown): HTMLElement {
    const list: unknown[] = Array.isArray(taskIds) ? taskIds : [];
    const items = list.map((taskId) => {
      const job = this.#jobOf(String(taskId));
      const text = job ? `${job.label}, ${job.state}` : String(taskId);
      return element('li', { title: String(taskId) }, text);
    });
    if (items.length === 0) return element('p', {}, 'It has no dependencies.');
    const summary = element('summary', {}, `${items.length} dependencies`);
    return element('details', {}, summary, element('ul', {}, ...items));
  }
}

function facts(job: Job): HTMLElement {
  const rows: [string, HTMLElement | string][] = [
    ['Label', job.label],
    ['State', stateView(job)],
    ['taskId', element('code', {}, job.taskId)],
    ['Platform', job.platform],
    ['Group', job.groupSymbol === '' ? 'none' : job.groupName || job.groupSymbol],
  ];
  const cells = rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]);
  return element('dl', {}, ...cells);
}

function stateView({ state }: Job): HTMLElement {
  return element('span', { class: 'state', 'data-state': state }, state);
}

function definition(task: Record<string, unknown>): HTMLElement {
  const summary = element('summary', {}, 'Definition');
  const json = JSON.stringify(task, undefined, 2);
  return element(
    'details',
    {},
    summary,
    element('pre', { tabindex: '0', role: 'region', 'aria-label': 'Definition' }, json),
  );
}

/** The log of an action task. */
export function logView(log: string): HTMLElement {
  const text = element('pre', { tabindex: '0', role: 'region', 'aria-label': 'Log of the action task' }, log);
  return element('details', { open: '' }, element('summary', {}, 'Log of the action task'), text);
}
