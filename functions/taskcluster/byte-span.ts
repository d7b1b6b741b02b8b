/** Collects the bytes between two places, across any number of pieces. */
export class ByteSpan {
  /** Start in this piece; -1 if nothing is kept. */
  #from = -1;
  #before: Buffer[] = [];

  get isOpen(): boolean {
    return this.#from >= 0;
  }

  begin(at: number): void {
    this.#from = at;
  }

  /** Call this at the end of each piece. */
  goOn(piece: Buffer): void {
    if (this.#from < 0) return;
    this.#before.push(piece.subarray(this.#from));
    this.#from = 0;
  }

  /** Forgets what was collected. */
  drop(): void {
    this.#from = -1;
    this.#before = [];
  }

  end(piece: Buffer, to: number): Buffer {
    const last = piece.subarray(Math.max(0, this.#from), to);
    const whole = this.#before.length === 0 ? last : Buffer.concat([...this.#before, last]);
    this.drop();
    return whole;
  }
}
