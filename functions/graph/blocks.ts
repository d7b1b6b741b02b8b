import { isUtf8 } from 'node:buffer';
import { GraphError } from './task-graph.ts';

/**
 * The bytes of all chunks, in blocks of one size; the last may be shorter.
 * @returns blocks that are valid only until the next one is requested: they share their memory
 */
export async function* blocksOf(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Buffer, void> {
  const block = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + size - filled);
      block.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < size) continue;
      yield block;
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

/** Checks that bytes which arrive in pieces are UTF-8; a piece may end within a character. */
export class Utf8Check {
  #unfinished: Buffer = Buffer.alloc(0);

  /** @throws GraphError */
  write(piece: Buffer): void {
    // mutant stays: copying the piece is only slower
    const bytes = this.#unfinished.length === 0 ? piece : Buffer.concat([this.#unfinished, piece]);
    const end = bytes.length - unfinishedAtEnd(bytes);
    if (!isUtf8(bytes.subarray(0, end))) throw notUtf8();
    this.#unfinished = Buffer.from(bytes.subarray(end));
  }

  /** @throws GraphError */
  end(): void {
    if (this.#unfinished.length > 0) throw notUtf8();
  }
}

/** How many bytes at the end belong to an incomplete character. */
function unfinishedAtEnd(bytes: Buffer): number {
  for (const count of [1, 2, 3]) {
    const byte = bytes.at(-count) ?? 0;
    const isContinuation = (byte & 0xc0) === 0x80;
    if (isContinuation) continue;
    // mutant stays: 0xc0 is in no UTF-8
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > count ? count : 0;
  }
  return 0;
}

function notUtf8(): GraphError {
  return new GraphError('malformed', 'the graph is not UTF-8');
}
