/** A source of reproducible randomness: the same seed gives the same push, on every machine. */
export interface Random {
  /** An integer in [0, below). */
  integer(below: number): number;
  /** Lower-case hexadecimal digits. */
  hex(length: number): string;
  /** A taskId: a v4 slugid that starts with a letter, as every in-tree task gets it. */
  slugid(): string;
}

/** `seed` is any integer. The recurrence is splitmix32. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const word = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const bytes = (length: number): Buffer => {
    const buffer = Buffer.alloc(length);
    for (let at = 0; at < length; at += 1) buffer[at] = word() >>> 24;
    return buffer;
  };
  return {
    integer: (below) => Math.floor((word() / 2 ** 32) * below),
    hex: (length) =>
      bytes(Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
    slugid: () => {
      const uuid = bytes(16);
      uuid.writeUInt8(uuid.readUInt8(0) & 0x7f, 0); // a slugid that starts with `-` looks like a command line option
      uuid.writeUInt8((uuid.readUInt8(6) & 0x0f) | 0x40, 6);
      uuid.writeUInt8((uuid.readUInt8(8) & 0x3f) | 0x80, 8);
      return uuid.toString('base64url');
    },
  };
}
