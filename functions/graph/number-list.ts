/** A growing list of numbers from 0 to 2³² − 1, four bytes each. */
export class NumberList {
  #values = new Uint32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The memory that the list takes. */
  get bytes(): number {
    return this.#values.byteLength;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  /** Fills the list with zeros up to the index if necessary. */
  set(index: number, value: number): void {
    if (index >= this.#values.length) {
      const longer = new Uint32Array(2 * (index + 1));
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[index] = value;
    this.#length = Math.max(this.#length, index + 1);
  }

  /** The numbers from `from` up to but not including `to`. The view changes with the list. */
  view(from: number, to: number): Uint32Array {
    return this.#values.subarray(from, to);
  }

  push(value: number): void {
    this.set(this.#length, value);
  }
}
