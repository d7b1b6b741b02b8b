import { gzipSync } from 'node:zlib';

/** The content of a large JSON artifact: made when somebody asks for it, and kept compressed, as it is uploaded. */
export class CompressedJson {
  readonly #make: () => unknown;
  #gzipped: Buffer | undefined;

  constructor(make: () => unknown) {
    this.#make = make;
  }

  /** As taskgraph writes it: indented by two. */
  get gzipped(): Buffer {
    this.#gzipped ??= gzipSync(JSON.stringify(this.#make(), undefined, 2), { level: 1 });
    return this.#gzipped;
  }

  toJSON(): unknown {
    return this.#make();
  }
}
