import { element } from './element.ts';
import { matches, type Job, type State } from './job.ts';
import { PlatformRow } from './platform-row.ts';

/** The push as a grid: one row for each platform, in it the jobs in their groups. It is a listbox of many choices. */
export class Grid {
  readonly #list: HTMLElement;
  readonly #jobs = new Map<string, { job: Job; option: HTMLElement }>();
  readonly #rows = new Map<string, PlatformRow>();
  #filter = '';
  #shown = 0;

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  get size(): number {
    return this.#jobs.size;
  }

  /** How many jobs the filter lets through. */
  get shown(): number {
    return this.#shown;
  }

  job(taskId: string): Job | undefined {
    return this.#jobs.get(taskId)?.job;
  }

  /** The newest job with this label is the last that was added. */
  add(jobs: readonly Job[]): void {
    const touched = new Set<PlatformRow>();
    for (const job of jobs) {
      if (this.#jobs.has(job.taskId)) continue;
      const option = element(
        'span',
        { role: 'option', id: `job-${job.taskId}`, 'aria-selected': 'false', tabindex: '-1' },
        job.symbol,
      );
      this.#jobs.set(job.taskId, { job, option });
      this.#describe(job, option);
      const row = this.#row(job.platform);
      row.add(job, option);
      touched.add(row);
      option.hidden = !matches(job, this.#filter);
      if (!option.hidden) this.#shown += 1;
    }
    for (const row of touched) row.hideEmpty();
    // One job can be reached with the Tab key, the others from there.
    if (!this.#list.querySelector('[tabindex="0"]')) this.options()[0]?.setAttribute('tabindex', '0');
  }

  setState(taskId: string, state: State): void {
    const entry = this.#jobs.get(taskId);
    if (!entry) return;
    entry.job.state = state;
    this.#describe(entry.job, entry.option);
  }

  setSelected(taskId: string, selected: boolean): void {
    this.#jobs.get(taskId)?.option.setAttribute('aria-selected', String(selected));
  }

  /** Writes beside a job how long it took to come. */
  mark(taskId: string, text: string): void {
    const entry = this.#jobs.get(taskId);
    if (!entry) return;
    entry.option.replaceChildren(entry.job.symbol, ' ', element('span', { class: 'mark' }, text));
    this.#describe(entry.job, entry.option);
  }

  /** Shows the jobs that have all words of the filter. */
  filter(text: string): void {
    this.#filter = text.trim();
    this.#shown = 0;
    for (const { job, option } of this.#jobs.values()) {
      option.hidden = !matches(job, this.#filter);
      if (!option.hidden) this.#shown += 1;
    }
    for (const row of this.#rows.values()) row.hideEmpty();
    const current = this.#list.querySelector<HTMLElement>('[tabindex="0"]');
    if (!current || current.hidden) this.#makeCurrent(this.options()[0]);
  }

  counts(): Map<State, number> {
    const counts = new Map<State, number>();
    for (const { job } of this.#jobs.values()) counts.set(job.state, (counts.get(job.state) ?? 0) + 1);
    return counts;
  }

  /** What the filter shows, in reading order. */
  options(): HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>('[role=option]:not([hidden])')];
  }

  focus(option: HTMLElement | undefined): void {
    if (!option) return;
    this.#makeCurrent(option);
    option.focus({ preventScroll: true });
    option.scrollIntoView({ block: 'nearest' });
  }

  /** The job's element, by which it can be focused. */
  option(taskId: string): HTMLElement | undefined {
    return this.#jobs.get(taskId)?.option;
  }

  #makeCurrent(option: HTMLElement | undefined): void {
    this.#list.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1');
    option?.setAttribute('tabindex', '0');
  }

  /** The name begins with what is to be seen, so that one can also ask for it by voice. */
  #describe({ label, state }: Job, option: HTMLElement): void {
    option.dataset['state'] = state;
    option.setAttribute('aria-label', `${option.textContent}, ${label}, ${state}`);
  }

  #row(platform: string): PlatformRow {
    const known = this.#rows.get(platform);
    if (known) return known;
    const row = new PlatformRow(platform, `platform-${this.#rows.size}`);
    this.#rows.set(platform, row);
    const after = [...this.#rows.keys()].toSorted().find((other) => other > platform);
    this.#list.insertBefore(row.element, (after && this.#rows.get(after)?.element) || null);
    return row;
  }
}

/** taskId of the job whose element this is, or is in. */
export function taskIdAt(target: EventTarget | null): string | undefined {
  const option = target instanceof Element ? target.closest('[role=option]') : null;
  return option?.id.slice('job-'.length);
}
