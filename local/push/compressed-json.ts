import { gzipSync } from 'node:zlib';

/** The content of a large JSON artifact: made when it is first requested, and kept compressed, as workers upload it. */
export class CompressedJson {
  readonly #make: () => unknown;
  #gzipped: Buffer | undefined;

  constructor(make: () => unknown) {
    this.#make = make;
  }

  /** Indented by two, as taskgraph writes it. */
  get gzipped(): Buffer {
    this.#gzipped ??= gzipSync(JSON.stringify(this.#make(), undefined, 2), { level: 1 });
    return this.#gzipped;
  }

  toJSON(): unknown {
    return this.#make();
  }
}
