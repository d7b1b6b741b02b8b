import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { GraphError } from './task-graph.ts';

/** Compressing or decompressing this much JSON takes 0.1 ms; smaller blocks compress worse (docs/adr/0016). */
export const BLOCK = 256 * 1024;
/** Firefox's graph (164 MB) takes 12 MB. */
const MAX_PACKED = 48 * 1024 * 1024;
// mutant stays: another level is only slower
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Bytes kept in compressed blocks, so that a part can be read without decompressing everything. */
export class PackedBytes {
  readonly #blocks: Buffer[] = [];
  #bytes = 0;

  /** The memory that this takes. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * @param block BLOCK bytes; the last one may have fewer
   * @throws GraphError
   */
  add(block: Buffer): void {
    const packed = zstdCompressSync(block, OPTIONS);
    this.#blocks.push(packed);
    this.#bytes += packed.length;
    // mutant stays: the limit need not be exact
    if (this.#bytes > MAX_PACKED)
      throw new GraphError('too-large', `the graph has more than ${MAX_PACKED} bytes when compressed`);
  }

  /**
   * Reads sections of the bytes. Read neighbouring sections one after another, so that each block is decompressed once.
   */
  reader(): (from: number, to: number) => Buffer {
    let last: { index: number; block: Buffer } | undefined;
    const block = (index: number): Buffer => {
      // mutants stay: to decompress a block again is only slower, and there is a block for every index
      if (last?.index !== index) last = { index, block: zstdDecompressSync(this.#blocks[index] ?? '') };
      return last.block;
    };
    return (from, to) => {
      const parts: Buffer[] = [];
      for (let at = from; at < to;) {
        const index = Math.floor(at / BLOCK);
        const part = block(index).subarray(at - index * BLOCK, to - index * BLOCK);
        parts.push(part);
        at += part.length;
      }
      return Buffer.concat(parts);
    };
  }
}
