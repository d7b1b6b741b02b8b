/** Which jobs are selected. Reports changes by id, so that a view of 20,000 jobs need not go through all of them. */
export class Selection {
  readonly #selected = new Set<string>();
  readonly #onChange: (id: string, selected: boolean) => void;
  /** Where a range starts. */
  #anchor: string | undefined;

  constructor(onChange: (id: string, selected: boolean) => void) {
    this.#onChange = onChange;
  }

  /** In the order in which they were selected. */
  list(): string[] {
    return [...this.#selected];
  }

  get size(): number {
    return this.#selected.size;
  }

  all(ids: readonly string[]): void {
    for (const id of ids) this.#set(id, true);
  }

  /** Deselects every job that does not pass: a hidden job is never selected. */
  keep(passes: (id: string) => boolean): void {
    for (const id of this.#selected) if (!passes(id)) this.#set(id, false);
    if (this.#anchor !== undefined && !passes(this.#anchor)) this.#anchor = undefined;
  }

  only(id: string): void {
    for (const other of this.#selected) if (other !== id) this.#set(other, false);
    this.#set(id, true);
    this.#anchor = id;
  }

  toggle(id: string): void {
    this.#set(id, !this.#selected.has(id));
    this.#anchor = id;
  }

  /** Selects exactly the jobs from the one selected last to this one. */
  rangeTo(id: string, order: readonly string[]): void {
    const to = order.indexOf(id);
    const from = this.#anchor === undefined ? to : order.indexOf(this.#anchor);
    if (from < 0 || to < 0) return this.only(id);
    const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
    const wanted = new Set(range);
    for (const other of this.#selected) if (!wanted.has(other)) this.#set(other, false);
    for (const one of range) this.#set(one, true);
  }

  clear(): void {
    for (const id of this.#selected) this.#set(id, false);
    this.#anchor = undefined;
  }

  #set(id: string, selected: boolean): void {
    if (this.#selected.has(id) === selected) return;
    if (selected) this.#selected.add(id);
    else this.#selected.delete(id);
    this.#onChange(id, selected);
  }
}
