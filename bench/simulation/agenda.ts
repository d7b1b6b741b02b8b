interface Entry {
  atMs: number;
  nth: number;
  run: () => void;
}

/** Future events in order of time; at equal times, in the order in which they were added. A binary heap. */
export class Agenda {
  nowMs = 0;
  #put = 0;
  readonly #heap: Entry[] = [];

  in(ms: number, run: () => void): void {
    this.at(this.nowMs + ms, run);
  }

  at(atMs: number, run: () => void): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push({ atMs: Math.max(atMs, this.nowMs), nth: this.#put++, run });
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapped(index, parent)) break;
      index = parent;
    }
  }

  /** Runs until there are no more events. */
  run(): void {
    for (let next = this.#take(); next; next = this.#take()) {
      this.nowMs = next.atMs;
      next.run();
    }
  }

  #take(): Entry | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const earliest = this.#before(left + 1, left) ? left + 1 : left;
      if (!this.#swapped(earliest, index)) return first;
      index = earliest;
    }
  }

  /** Swaps two entries if the one at `index` is earlier than the one above it. */
  #swapped(index: number, above: number): boolean {
    if (!this.#before(index, above)) return false;
    const heap = this.#heap;
    const [lower, upper] = [heap[index], heap[above]];
    if (lower && upper) {
      heap[above] = lower;
      heap[index] = upper;
    }
    return true;
  }

  #before(index: number, other: number): boolean {
    const [one, two] = [this.#heap[index], this.#heap[other]];
    if (!one || !two) return false;
    return one.atMs < two.atMs || (one.atMs === two.atMs && one.nth < two.nth);
  }
}
