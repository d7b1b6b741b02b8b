import { describe, expect, it } from 'vitest';
import { JsonScanner } from '../../../functions/platform/json-scanner.ts';

/** Writes down all that is reported. */
class Reported extends JsonScanner {
  readonly events: string[] = [];

  protected keyBegins(at: number, depth: number): void {
    this.events.push(`key at ${at}, depth ${depth}`);
  }

  protected keyEnds(_piece: Buffer, to: number, depth: number, isEscaped: boolean): void {
    this.events.push(`key to ${to}, depth ${depth}${isEscaped ? ', escaped' : ''}`);
  }

  protected scalarBegins(depth: number): void {
    this.events.push(`scalar, depth ${depth}`);
  }

  protected opens(at: number, depth: number, isArray: boolean): void {
    this.events.push(`${isArray ? 'array' : 'object'} at ${at}, depth ${depth}`);
  }

  protected closes(_piece: Buffer, to: number, depth: number): void {
    this.events.push(`closed at ${to}, depth ${depth}`);
  }
}

/** Each character is one byte. */
function report(text: string, size = text.length, maxDepth?: number): string[] {
  const scanner = new Reported(maxDepth);
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += size) scanner.write(bytes.subarray(at, at + size));
  scanner.end();
  return scanner.events;
}

function accepts(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

const DOCUMENT = String.raw`{"a\u0fAb\n":[ 0,-1.5e+07,20.3E-8,19e9,true,false,null,"",[],{}], "\"\\\/\b\f\r\t" :{"c":[{}]}}`;

/** Those that the scanner accepts and JSON.parse does not, or the other way round. */
const wrong = (texts: readonly string[]) =>
  texts.filter((text) => accepts(() => report(text)) !== accepts(() => JSON.parse(text)));

/** Those that mean something in JSON, and their neighbours. */
const SOME = '\0\t\n\u001f !"#+,-./019:;@AEFG[\\]^`aefgnrtuz{|}\u007f\u00ff'.split('');
const CHARACTERS = Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(byte));
/** All texts that have something else at one place. */
const changed = (document: string, insertions: readonly string[], left: number) =>
  Array.from({ length: document.length + 1 - left }, (_, at) =>
    insertions.map((some) => document.slice(0, at) + some + document.slice(at + left)),
  ).flat();

describe('the scanner accepts what JSON.parse accepts', () => {
  it('of objects and arrays', () => {
    for (const text of [DOCUMENT, '[]', ' {\r\n\t} ', '[1]', '[ "a" , -0 ]', '{"a":"b"}'])
      for (const size of [1, 2, 7, 1_000]) expect(() => report(text, size)).not.toThrow();
  });

  it('with another byte at any place', () => {
    expect(wrong(changed(DOCUMENT, SOME, 1))).toStrictEqual([]);
  });

  it('with one more character at any place', () => {
    expect(wrong(changed(DOCUMENT, SOME, 0))).toStrictEqual([]);
  });

  it('without up to three characters at any place', () => {
    expect(wrong([1, 2, 3].flatMap((left) => changed(DOCUMENT, [''], left)))).toStrictEqual([]);
  });

  it('with each byte in numbers and escapes', () => {
    const each = ['[#]', '[-#]', '[0#]', '[7#]', '[1.#]', '[1.5#]', '[1e#]', '[1e+#]', '[1e5#]', '[-0#]'];
    const escapes = ['["\\#"]', '["\\u#"]', '["\\u0#"]', '["\\u00#"]', '["\\u000#"]', '["#n"]'];
    const texts = [...each, ...escapes].flatMap((text) =>
      CHARACTERS.map((character) => text.replace('#', () => character)),
    );
    expect(wrong(texts)).toStrictEqual([]);
  });

  it.each(['', ' ', '[', '{', '{"a"', '[1,', '["a', '[] []', '{}}', '[}', '{]', '[1}', '{"a":1]', ']', '}'])(
    'and not %j',
    (text) => {
      expect(() => report(text)).toThrow(new SyntaxError('this is not JSON, or too deep'));
    },
  );

  it('but no document that is text, a number or a word', () => {
    for (const text of ['"a"', '1', 'true', '1},"a":{"b":{}', '"a",{}'])
      expect(() => report(text)).toThrow(SyntaxError);
  });
});

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

it('limits how deep objects and arrays may be', () => {
  expect(report('[{"a":[]}]', 1, 3)).toHaveLength(8);
  expect(() => report('[{"a":[[]]}]', 1, 3)).toThrow(SyntaxError);
  expect(() => report('[{"a":[{}]}]', 1, 3)).toThrow(SyntaxError);
  expect(() => report(nested(100))).not.toThrow();
  expect(() => report(nested(101))).toThrow(SyntaxError);
  // Before anything is closed.
  const scanner = new Reported();
  expect(() => scanner.write(Buffer.from('['.repeat(100)))).not.toThrow();
  expect(() => scanner.write(Buffer.from('['))).toThrow(SyntaxError);
});

it('tells where keys and values are, and which keys have escapes', () => {
  expect(report(String.raw`{"a\n": "\n", "b": [1, {"c": null}], "d": {}}`)).toStrictEqual([
    'object at 0, depth 0',
    'key at 1, depth 1',
    'key to 6, depth 1, escaped',
    'scalar, depth 1',
    'key at 14, depth 1',
    'key to 17, depth 1',
    'array at 19, depth 1',
    'scalar, depth 2',
    'object at 23, depth 2',
    'key at 24, depth 3',
    'key to 27, depth 3',
    'scalar, depth 3',
    'closed at 34, depth 2',
    'closed at 35, depth 1',
    'key at 37, depth 1',
    'key to 40, depth 1',
    'object at 42, depth 1',
    'closed at 44, depth 1',
    'closed at 45, depth 0',
  ]);
});
