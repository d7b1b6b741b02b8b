import { element } from './element.ts';
import type { Job } from './job.ts';

const collator = new Intl.Collator('en', { numeric: true });

/** A job takes about 36 × 27 px, in a column about 600 px wide. */
const PX_PER_JOB = 1.6;

/** A group of more jobs than this gets its own lines, and is laid out only when it comes into view. */
const LARGE = 80;

interface Group {
  symbol: string;
  box: HTMLElement;
  jobs: { symbol: string; option: HTMLElement }[];
}

/** The jobs of one platform: first those in no group, then group by group, each sorted by symbol. */
export class PlatformRow {
  readonly element: HTMLElement;
  readonly #cell = element('span', { class: 'jobs' });
  readonly #groups: Group[] = [];

  constructor(platform: string, id: string) {
    const name = element('span', { class: 'platform', id }, platform.replace('/', ' '));
    this.element = element('div', { class: 'row', role: 'group', 'aria-labelledby': id }, name, this.#cell);
  }

  add(job: Job, option: HTMLElement): void {
    const group = this.#group(job);
    const at = lowerBound(group.jobs, ({ symbol }) => collator.compare(symbol, job.symbol) > 0);
    const next = group.jobs[at]?.option;
    if (next) next.before(option);
    else group.box.append(option);
    group.jobs.splice(at, 0, { symbol: job.symbol, option });
  }

  /** Hides the groups without a visible job, and the row if there is none left. */
  hideEmpty(): void {
    let shown = 0;
    for (const { box, jobs } of this.#groups) {
      const before = shown;
      for (const { option } of jobs) if (!option.hidden) shown += 1;
      box.hidden = shown === before;
      const count = shown - before;
      box.classList.toggle('large', count > LARGE);
      if (count > LARGE) guessHeight(box, count);
    }
    this.element.hidden = shown === 0;
    guessHeight(this.element, shown);
  }

  #group({ groupSymbol, groupName }: Job): Group {
    const at = lowerBound(this.#groups, ({ symbol }) => collator.compare(symbol, groupSymbol) >= 0);
    const found = this.#groups[at];
    if (found?.symbol === groupSymbol) return found;
    const box = element('span', groupSymbol === '' ? { class: 'alone' } : { class: 'group' });
    if (groupSymbol !== '') {
      // Hidden from screen readers: each job's own name says its group.
      box.append(
        element('span', { class: 'group-symbol', title: groupName, 'aria-hidden': 'true' }, groupSymbol),
      );
    }
    this.#cell.insertBefore(box, found?.box ?? null);
    const group = { symbol: groupSymbol, box, jobs: [] };
    this.#groups.splice(at, 0, group);
    return group;
  }
}

/** Estimates the height of what is out of view, so that the browser need not lay it out. */
function guessHeight(box: HTMLElement, jobs: number): void {
  box.style.setProperty('contain-intrinsic-block-size', `${Math.max(40, jobs * PX_PER_JOB)}px`);
}

/** The first index from which the condition holds. */
function lowerBound<T>(list: readonly T[], holds: (item: T) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = list[middle];
    if (item !== undefined && holds(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
