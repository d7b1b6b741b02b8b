import { element } from './element.ts';
import { matcher, type Filter } from './filter.ts';
import type { Job, State } from './job.ts';
import { PlatformRow } from './platform-row.ts';

interface Entry {
  job: Job;
  option: HTMLElement;
}

/** The push as a grid: one row for each platform, with its jobs in groups. It is a listbox with multiple selection. */
export class Grid {
  readonly #list: HTMLElement;
  readonly #jobs = new Map<string, Entry>();
  readonly #rows = new Map<string, PlatformRow>();
  readonly #new = new Set<Entry>();
  #passes: (job: Job) => boolean = () => true;
  #shown = 0;
  /** The job that the Tab key reaches; the arrow keys lead to the others. */
  #current: HTMLElement | undefined;

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  get size(): number {
    return this.#jobs.size;
  }

  /** How many jobs the filter shows. */
  get shown(): number {
    return this.#shown;
  }

  job(taskId: string): Job | undefined {
    return this.#jobs.get(taskId)?.job;
  }

  isShown(taskId: string): boolean {
    return this.#jobs.get(taskId)?.option.hidden === false;
  }

  /** Jobs that a press created are highlighted afterwards, with `highlight`. */
  add(jobs: readonly Job[]): void {
    const touched = new Set<PlatformRow>();
    for (const job of jobs) {
      if (this.#jobs.has(job.taskId)) continue;
      const option = element('span', { role: 'option', id: `job-${job.taskId}`, tabindex: '-1' }, job.symbol);
      option.setAttribute('aria-selected', 'false');
      const entry = { job, option };
      this.#jobs.set(job.taskId, entry);
      describe(entry);
      const row = this.#row(job.platform);
      row.add(job, option);
      touched.add(row);
      option.hidden = !this.#passes(job);
      if (!option.hidden) this.#shown += 1;
    }
    for (const row of touched) row.hideEmpty();
    if (!this.#current) this.#makeCurrent(this.options()[0]);
  }

  setState(taskId: string, state: State): void {
    const entry = this.#jobs.get(taskId);
    if (!entry) return;
    entry.job.state = state;
    describe(entry);
  }

  setSelected(taskId: string, selected: boolean): void {
    this.#jobs.get(taskId)?.option.setAttribute('aria-selected', String(selected));
  }

  /**
   * Shows what the last press created, even if the filter would hide it, until the filter changes.
   *
   * @param mark text beside each job; without one, jobs only get a colour
   */
  highlight(taskIds: readonly string[], mark: string | undefined): void {
    const rows = new Set<PlatformRow>();
    for (const taskId of taskIds) {
      const entry = this.#jobs.get(taskId);
      if (!entry) continue;
      const { job, option } = entry;
      this.#new.add(entry);
      option.classList.add('new');
      if (mark !== undefined)
        option.replaceChildren(job.symbol, ' ', element('span', { class: 'mark' }, mark));
      describe(entry);
      if (option.hidden) this.#shown += 1;
      option.hidden = false;
      rows.add(this.#row(job.platform));
    }
    for (const row of rows) row.hideEmpty();
    this.#jobs.get(taskIds[0] ?? '')?.option.scrollIntoView({ block: 'nearest' });
  }

  /** Removes all highlights. */
  unhighlight(): void {
    for (const entry of this.#new) {
      entry.option.classList.remove('new');
      entry.option.replaceChildren(entry.job.symbol);
      describe(entry);
    }
    this.#new.clear();
  }

  filter(filter: Filter): void {
    this.#passes = matcher(filter);
    this.#shown = 0;
    for (const { job, option } of this.#jobs.values()) {
      const passes = this.#passes(job);
      if (passes) this.#shown += 1;
      if (option.hidden === passes) option.hidden = !passes;
    }
    for (const row of this.#rows.values()) row.hideEmpty();
    if (!this.#current || this.#current.hidden) this.#makeCurrent(this.options()[0]);
  }

  counts(): Map<State, number> {
    const counts = new Map<State, number>();
    for (const { job } of this.#jobs.values()) counts.set(job.state, (counts.get(job.state) ?? 0) + 1);
    return counts;
  }

  /** The shown jobs, in reading order. */
  options(): HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>('[role=option]:not([hidden])')];
  }

  /** taskIds of the shown jobs, in reading order. */
  order(): string[] {
    return this.options().map((option) => taskIdAt(option) ?? '');
  }

  focus(option: HTMLElement | undefined): void {
    if (!option) return;
    this.#makeCurrent(option);
    option.focus({ preventScroll: true });
    option.scrollIntoView({ block: 'nearest' });
  }

  /** The job that the Tab key reaches. */
  current(): HTMLElement | undefined {
    return this.#current;
  }

  /** taskId of the next wanted job after (or before) the one selected last; undefined if there is none. */
  next(step: 1 | -1, isWanted: (job: Job) => boolean): string | undefined {
    const options = this.options();
    const isSelected = this.#current?.getAttribute('aria-selected') === 'true';
    const current = this.#current ? options.indexOf(this.#current) : -1;
    for (let at = isSelected ? current + step : current; at >= 0 && at < options.length; at += step) {
      const taskId = taskIdAt(options[at] ?? null);
      const job = taskId === undefined ? undefined : this.job(taskId);
      if (job && isWanted(job)) return job.taskId;
    }
    return undefined;
  }

  focusFirst(): void {
    this.focus(this.options()[0]);
  }

  /** The job's element, which can take the focus. */
  option(taskId: string): HTMLElement | undefined {
    return this.#jobs.get(taskId)?.option;
  }

  #makeCurrent(option: HTMLElement | undefined): void {
    this.#current?.setAttribute('tabindex', '-1');
    this.#current = option;
    option?.setAttribute('tabindex', '0');
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

/** The name begins with the visible text, so that voice control finds the job by it. */
function describe({ job, option }: Entry): void {
  option.dataset['state'] = job.state;
  option.setAttribute('aria-label', `${option.textContent}, ${job.label}, ${job.state}`);
}

/** taskId of the job whose element this is or contains this. */
export function taskIdAt(target: EventTarget | null): string | undefined {
  const option = target instanceof Element ? target.closest('[role=option]') : null;
  return option?.id.slice('job-'.length);
}
