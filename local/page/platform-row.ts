import { element } from './element.ts';
import type { Job } from './job.ts';

const collator = new Intl.Collator('en', { numeric: true });

/** A job takes about 36 × 27 px, in a column of some 600 px. */
const PX_PER_JOB = 1.6;

/** A group of more jobs takes lines of its own, and is laid out once it comes into view. */
const LARGE = 80;

interface Group {
  symbol: string;
  box: HTMLElement;
  jobs: { symbol: string; option: HTMLElement }[];
}

/** The jobs of one platform: by themselves first, then group after group, each sorted by symbol. */
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

  /** Hides groups without a job to see, and the row if all are. */
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
      // Each job's own name says what it is; the brackets are for the eye.
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

/** Its height while it is out of sight, lest the browser lay out what turns out not to be in view. */
function guessHeight(box: HTMLElement, jobs: number): void {
  box.style.setProperty('contain-intrinsic-block-size', `${Math.max(40, jobs * PX_PER_JOB)}px`);
}

/** The first place from which on a condition holds. */
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
