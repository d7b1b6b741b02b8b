import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { GraphError } from './task-graph.ts';

/** Of JSON this is packed in 0.1 ms and unpacked in as much; smaller blocks pack worse (docs/adr/0016). */
export const BLOCK = 256 * 1024;
/** Firefox's graph of 164 MB takes 12 MB. */
const MAX_PACKED = 48 * 1024 * 1024;
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Many bytes, kept compressed in blocks, so that some of them can be had without decompressing all. */
export class PackedBytes {
  readonly #blocks: Buffer[] = [];
  #bytes = 0;

  /** What is kept in memory. */
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
    if (this.#bytes > MAX_PACKED)
      throw new GraphError('too-large', `the graph has more than ${MAX_PACKED} bytes when compressed`);
  }

  /** Gives stretches of the bytes; those near one another should be asked for one after another. */
  reader(): (from: number, to: number) => Buffer {
    let last = { index: -1, block: Buffer.alloc(0) };
    const block = (index: number): Buffer => {
      if (index !== last.index) last = { index, block: zstdDecompressSync(this.#blocks[index] ?? '') };
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
