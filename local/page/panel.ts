import { byId, element } from './element.ts';
import type { Job } from './job.ts';
import { link, linked } from './links.ts';
import { plural } from './number.ts';
import type { QueueReads } from './queue-reads.ts';

const TABS = ['job', 'log', 'definition', 'press'] as const;
export type Tab = (typeof TABS)[number];

/** How much of a definition or log the page shows. */
const MAX_CHARS = 200_000;

/** Log lines that say what went wrong. */
const FAILURE = /^TEST-UNEXPECTED|^\[taskcluster:error\]/;

interface Sources {
  queue: QueueReads;
  /** The jobs in the grid, for the names of dependencies. */
  jobOf: (taskId: string) => Job | undefined;
  /** Selects another job. */
  onJob: (taskId: string) => void;
}

/** Details of one job, and of the last press, in tabs. */
export class Panel {
  readonly #sources: Sources;
  readonly #root = byId('panel', HTMLElement);
  #tab: Tab = 'job';
  #job: Job | undefined;
  /** What was loaded for the job, by tab. */
  #read = new Map<Tab, Promise<void>>();

  constructor(sources: Sources) {
    this.#sources = sources;
    this.close();
    this.#open('job');
    for (const tab of TABS) tabOf(tab).addEventListener('click', () => this.#open(tab));
    byId('tabs', HTMLElement).addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.#step(step);
      tabOf(this.#tab).focus();
    });
  }

  showJob(job: Job): void {
    this.#root.hidden = false;
    if (this.#job !== job) {
      this.#job = job;
      this.#read = new Map();
      byId('panel-job', HTMLElement).replaceChildren(this.#facts(job));
      for (const tab of ['log', 'definition'] as const) paneOf(tab).replaceChildren(hint('Loading…'));
    }
    this.#open(this.#tab === 'press' ? 'job' : this.#tab);
  }

  /** Shows the job's new state. */
  update(job: Job): void {
    if (this.#job !== job) return;
    byId('panel-job', HTMLElement).querySelector('.state')?.replaceWith(stateView(job));
    // The job may have a log by now.
    this.#read.delete('log');
    if (this.#tab === 'log') this.#open('log');
  }

  showPress(): void {
    this.#root.hidden = false;
    this.#open('press');
  }

  showLog(): void {
    this.#root.hidden = false;
    this.#open('log');
  }

  nextTab(): void {
    if (!this.#root.hidden) this.#step(1);
  }

  /** Shows no job any more. In a narrow window, where the panel takes room from the jobs, it closes. */
  close(): void {
    this.#root.hidden = matchMedia('(width < 46rem)').matches;
    this.#job = undefined;
    this.#read = new Map();
    for (const tab of ['job', 'log', 'definition'] as const)
      paneOf(tab).replaceChildren(hint('Select a job to see its details.'));
  }

  #step(by: number): void {
    const at = TABS.indexOf(this.#tab) + by + TABS.length;
    this.#open(TABS[at % TABS.length] ?? 'job');
  }

  #open(tab: Tab): void {
    this.#tab = tab;
    for (const one of TABS) {
      tabOf(one).setAttribute('aria-selected', String(one === tab));
      tabOf(one).tabIndex = one === tab ? 0 : -1;
      paneOf(one).hidden = one !== tab;
    }
    const job = this.#job;
    if (!job || tab === 'press' || this.#read.has(tab)) return;
    this.#read.set(tab, this.#fill(tab, job));
  }

  /** If a job is selected while one is loading, the newer selection wins, even of the same job. */
  async #fill(tab: Tab, job: Job): Promise<void> {
    const selection = this.#read;
    const content = await (
      tab === 'log' ? this.#log(job) : tab === 'definition' ? this.#definition(job) : this.#dependencies(job)
    ).catch((error: unknown) => hint(`This could not be read: ${String(error)}`));
    if (this.#read !== selection) return;
    if (tab === 'job') paneOf('job').append(content);
    else paneOf(tab).replaceChildren(content);
    if (tab === 'log') content.querySelector('.failure')?.scrollIntoView({ block: 'nearest' });
  }

  #facts(job: Job): HTMLElement {
    const { queue } = this.#sources;
    const rows: [string, Node | string][] = [
      ['Label', job.label],
      ['State', stateView(job)],
      ['Task', link(queue.taskUrl(job.taskId), job.taskId)],
      ['Platform', job.platform],
      ['Group', job.groupSymbol === '' ? 'none' : job.groupName || job.groupSymbol],
    ];
    const cells = rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]);
    return element('dl', {}, ...cells);
  }

  async #dependencies({ taskId }: Job): Promise<HTMLElement> {
    const { queue, jobOf, onJob } = this.#sources;
    const { dependencies } = await queue.definition(taskId);
    const items = (Array.isArray(dependencies) ? dependencies : []).map((dependency) => {
      const id = String(dependency);
      const job = jobOf(id);
      if (!job) return element('li', {}, link(queue.taskUrl(id), id));
      const button = element('button', { type: 'button', class: 'text' }, job.label);
      button.addEventListener('click', () => onJob(id));
      return element('li', {}, button, ` ${job.state}`);
    });
    if (items.length === 0) return hint('This task depends on no others.');
    const name = element('summary', {}, plural(items.length, 'dependency', 'dependencies'));
    return element('details', { open: '' }, name, element('ul', {}, ...items));
  }

  async #log({ taskId, state }: Job): Promise<HTMLElement> {
    const { queue } = this.#sources;
    const log = state === 'unscheduled' ? undefined : await queue.log(taskId);
    if (!log) return hint(`The job is ${state} and has no log.`);
    return element(
      'div',
      {},
      element('p', {}, link(log.url, 'Open the whole log')),
      this.text('Log', log.text),
    );
  }

  async #definition({ taskId }: Job): Promise<HTMLElement> {
    const task = await this.#sources.queue.definition(taskId);
    return this.text('Definition', JSON.stringify(task, undefined, 2));
  }

  /** A text, cut to MAX_CHARS, with its links. */
  text(name: string, text: string): HTMLElement {
    const taskUrl = (taskId: string) => this.#sources.queue.taskUrl(taskId);
    const more = text.length > MAX_CHARS ? '\n… and more.' : '';
    const lines = (text.slice(0, MAX_CHARS) + more).split(/(?<=\n)/);
    const nodes = lines.flatMap((line) => {
      const parts = linked(line, taskUrl);
      return FAILURE.test(line) ? [element('span', { class: 'failure' }, ...parts)] : parts;
    });
    return element('pre', { tabindex: '0', role: 'region', 'aria-label': name }, ...nodes);
  }
}

const tabOf = (tab: Tab) => byId(`tab-${tab}`, HTMLElement);
const paneOf = (tab: Tab) => byId(`panel-${tab}`, HTMLElement);
const hint = (text: string) => element('p', { class: 'hint' }, text);

function stateView({ state }: Job): HTMLElement {
  return element('span', { class: 'state', 'data-state': state }, state);
}
