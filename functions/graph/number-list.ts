/** A list of numbers from 0 to 2³² − 1 that takes four bytes for each, and grows. */
export class NumberList {
  #values = new Uint32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What the list takes in memory. */
  get bytes(): number {
    return this.#values.byteLength;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  /** The list grows as far as it must, with zeros. */
  set(index: number, value: number): void {
    if (index >= this.#values.length) {
      const longer = new Uint32Array(2 * (index + 1));
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[index] = value;
    this.#length = Math.max(this.#length, index + 1);
  }

  /** What stands from one index to before another; it changes with the list. */
  view(from: number, to: number): Uint32Array {
    return this.#values.subarray(from, to);
  }

  push(value: number): void {
    this.set(this.#length, value);
  }
}
