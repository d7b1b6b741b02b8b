import { byId, element } from './element.ts';
import { describeFilter, toggleFailures, toggleInProgress, toggleState, type Filter } from './filter.ts';
import type { Grid } from './grid.ts';
import { STATES, type State } from './job.ts';
import { number, plural } from './number.ts';

/** The words and the state chips that filter the grid. */
export class FilterBar {
  readonly #grid: Grid;
  readonly #onChange: () => void;
  readonly #input = byId('filter', HTMLInputElement);
  readonly #chips: Map<State, HTMLButtonElement>;
  #filter: Filter = { text: '', states: new Set() };

  /** @param onChange called after the grid has changed */
  constructor(grid: Grid, onChange: () => void) {
    this.#grid = grid;
    this.#onChange = onChange;
    this.#chips = new Map(STATES.map((state) => [state, this.#chip(state)]));
    byId('states', HTMLElement).append(...this.#chips.values());
    this.#input.addEventListener('input', () => this.#set({ text: this.#input.value }));
    this.#input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') grid.focusFirst();
    });
    byId('clear-filter', HTMLButtonElement).addEventListener('click', () => {
      this.clear();
      this.focus();
    });
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  clear(): void {
    this.#input.value = '';
    this.#set({ text: '', states: new Set() });
  }

  toggleInProgress(): void {
    this.#set({ states: toggleInProgress(this.#filter.states) });
  }

  toggleFailures(): void {
    this.#set({ states: toggleFailures(this.#filter.states) });
  }

  /** Shows how many jobs there are, and how many of them the filter shows. */
  showCounts(): void {
    const counts = this.#grid.counts();
    for (const [state, chip] of this.#chips) {
      chip.textContent = `${number(counts.get(state) ?? 0)} ${state}`;
      chip.setAttribute('aria-pressed', String(this.#filter.states.has(state)));
    }
    const { shown, size } = this.#grid;
    const all = plural(size, 'job');
    byId('shown', HTMLElement).textContent = shown === size ? all : `${number(shown)} of ${all}`;
    byId('empty', HTMLElement).hidden = shown > 0 || size === 0;
    byId('empty-reason', HTMLElement).textContent = `No job matches ${describeFilter(this.#filter)}.`;
  }

  #set(change: Partial<Filter>): void {
    this.#filter = { ...this.#filter, ...change };
    this.#grid.filter(this.#filter);
    this.showCounts();
    this.#onChange();
  }

  #chip(state: State): HTMLButtonElement {
    const chip = element('button', { type: 'button', class: 'chip state', 'data-state': state });
    chip.addEventListener('click', () => this.#set({ states: toggleState(this.#filter.states, state) }));
    return chip;
  }
}
