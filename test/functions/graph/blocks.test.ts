import { isUtf8 } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksOf, Utf8Check } from '../../../functions/graph/blocks.ts';
import { BLOCK, PackedBytes } from '../../../functions/graph/packed-bytes.ts';
import { GraphError } from '../../../functions/graph/task-graph.ts';

const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 });

async function* each(chunks: Iterable<Uint8Array>) {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

const isValid = (parts: readonly Uint8Array[]): boolean => {
  const check = new Utf8Check();
  try {
    for (const part of parts) check.write(Buffer.from(part));
    check.end();
    return true;
  } catch {
    return false;
  }
};
const split = (bytes: Buffer, at: readonly number[]) => {
  const places = [
    0,
    ...at.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ];
  return places.map((from, index) => bytes.subarray(from, places[index + 1]));
};

describe('blocks', () => {
  it('contain the bytes of all chunks, in order, and are full except the last', async () => {
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 16 }), async (chunks, size) => {
        const blocks: Buffer[] = [];
        for await (const block of blocksOf(each(chunks), size)) blocks.push(Buffer.from(block));
        expect(Buffer.concat(blocks)).toStrictEqual(Buffer.concat(chunks));
        expect(blocks.slice(0, -1).every(({ length }) => length === size)).toBe(true);
        expect(blocks.at(-1)?.length).not.toBe(0);
      }),
    );
  });
});

describe('the check for UTF-8', () => {
  it('gives the same result in pieces as in one', () => {
    const bytes = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc
        .array(fc.constantFrom(0x41, 0x80, 0xbf, 0xc3, 0xe2, 0xed, 0xf0, 0xff))
        .map((list) => Buffer.from(list)),
    );
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 6 }), (all, at) => {
        expect(isValid(split(all, at))).toBe(isUtf8(all));
      }),
      { numRuns: 300 },
    );
  });

  it('requires a complete last character', () => {
    expect(isValid([Buffer.from('é').subarray(0, 1)])).toBe(false);
  });
});

describe('packed bytes', () => {
  it('return any section unchanged', () => {
    const text = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`).join('');
    const bytes = Buffer.from(text);
    const packed = new PackedBytes();
    for (let at = 0; at < bytes.length; at += BLOCK) packed.add(bytes.subarray(at, at + BLOCK));
    const place = fc.oneof(
      fc.nat({ max: bytes.length }),
      fc.nat({ max: 3 }).map((block) => block * BLOCK),
    );
    const read = packed.reader();
    fc.assert(
      fc.property(place, place, (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        expect(read(from, to).equals(bytes.subarray(from, to))).toBe(true);
      }),
    );
    expect(packed.bytes).toBeLessThan(bytes.length / 2);
  });

  it('are kept only up to a limit', () => {
    const packed = new PackedBytes();
    const block = Buffer.alloc(BLOCK);
    let state = 1;
    for (let at = 0; at < BLOCK; at += 4) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      block.writeUInt32LE(state, at);
    }
    expect(() => {
      for (let count = 0; count < 1_000; count++) packed.add(block);
    }).toThrow(
      expect.objectContaining({
        code: 'too-large',
        message: 'the graph has more than 50331648 bytes when compressed',
      }),
    );
  });
});

describe('the check for UTF-8, byte by byte', () => {
  const characters = [
    '\u0000',
    'A',
    '\u007f',
    '\u0080',
    'é',
    '\u07ff',
    '\u0800',
    '€',
    '\uffff',
    '\u{10000}',
    '😀',
    '\u{10ffff}',
  ];

  it.each(characters)('takes %j, wherever it is cut', (character) => {
    const bytes = Buffer.from(`a${character}b`);
    for (let at = 0; at <= bytes.length; at++)
      expect(isValid([bytes.subarray(0, at), bytes.subarray(at)])).toBe(true);
    expect(isValid([...bytes].map((byte) => Buffer.of(byte)))).toBe(true);
  });

  it.each(characters.slice(3))('does not take %j if it is cut off', (character) => {
    const bytes = Buffer.from(character);
    for (let length = 1; length < bytes.length; length++) {
      const check = new Utf8Check();
      check.write(bytes.subarray(0, length));
      expect(() => check.end()).toThrow(new GraphError('malformed', 'the graph is not UTF-8'));
    }
  });

  it.each([
    [[0xff, 0x41]],
    [[0x80]],
    [[0xc3, 0x41]],
    [[0xe2, 0x82, 0x41]],
    [[0xf0, 0x9f, 0x98, 0x41]],
    [[0x80, 0x80, 0x80, 0x80]],
  ])('refuses %j at once', (bytes) => {
    expect(() => new Utf8Check().write(Buffer.from(bytes))).toThrow(
      new GraphError('malformed', 'the graph is not UTF-8'),
    );
  });
});

const three = () => {
  const packed = new PackedBytes();
  for (const byte of [1, 2, 3]) packed.add(Buffer.alloc(BLOCK, byte));
  return packed;
};

describe('packed bytes, read', () => {
  it('are found in each block, and across them', () => {
    const read = three().reader();
    expect([...read(0, 2)]).toStrictEqual([1, 1]);
    expect([...read(BLOCK - 1, BLOCK + 1)]).toStrictEqual([1, 2]);
    expect([...read(2 * BLOCK, 2 * BLOCK + 1)]).toStrictEqual([3]);
    expect([...read(1, 2)]).toStrictEqual([1]);
    expect(read(BLOCK - 1, 2 * BLOCK + 1)).toHaveLength(BLOCK + 2);
    expect(read(5, 5)).toHaveLength(0);
  });

  it('take little memory, and all of it is counted', () => {
    const packed = new PackedBytes();
    expect(packed.bytes).toBe(0);
    packed.add(Buffer.alloc(BLOCK));
    const one = packed.bytes;
    packed.add(Buffer.alloc(BLOCK));
    expect(packed.bytes).toBe(2 * one);
    expect(one).toBeGreaterThan(0);
    expect(one).toBeLessThan(100);
  });
});
