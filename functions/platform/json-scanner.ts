import { NO_NUMBER, numberBegins, numberGoesOn, numberMayEnd } from './json-number.ts';
import { MAX_DEPTH } from './json.ts';

/** What comes next, between two tokens. */
const VALUE = 0;
const VALUE_OR_END = 1;
const KEY = 2;
const KEY_OR_END = 3;
const COLON = 4;
const COMMA_OR_END = 5;
const NOTHING = 6;
/** Inside a token. */
const STRING = 7;
const ESCAPE = 8;
const HEX = 9;
const LITERAL = 10;
const NUMBER = 11;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Bytes at which a run of plain characters in a string ends: quote, backslash, and control characters, which JSON
 * forbids.
 */
const STOPS = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);
const SIMPLE_ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const LITERALS = ['true', 'false', 'null'].map((word) => Buffer.from(word));

/**
 * Scans JSON in pieces of any size. Accepts exactly the objects and arrays that JSON.parse accepts, but builds no
 * values: it only reports where keys and values are. It does not check that the text is UTF-8.
 */
export abstract class JsonScanner {
  #state = VALUE;
  /** How many objects and arrays are open, and which of them are arrays. */
  #depth = 0;
  readonly #arrays: Uint8Array;
  /** State of the string, literal or number that we are in. */
  // mutant stays: both are set when a string begins
  #isKey = false;
  // mutant stays: see above
  #isEscaped = false;
  #hexLeft = 0;
  #literal: Uint8Array = new Uint8Array();
  #literalAt = 0;
  #number = 0;

  /** @param maxDepth how deep objects and arrays may be nested; nothing here is done by recursion */
  constructor(maxDepth = MAX_DEPTH) {
    this.#arrays = new Uint8Array(maxDepth + 1);
  }

  /** A key starts, with the quote at this place in the piece. @param depth 1 in the outermost object */
  protected abstract keyBegins(at: number, depth: number): void;
  /** It has ended before this place. */
  protected abstract keyEnds(piece: Buffer, to: number, depth: number, isEscaped: boolean): void;
  /** A value starts that is neither an object nor an array. @param depth of its container; 0 for the document */
  protected abstract scalarBegins(depth: number): void;
  /** An object or array starts at this place. @param depth of its container */
  protected abstract opens(at: number, depth: number, isArray: boolean): void;
  /** It has ended before this place. */
  protected abstract closes(piece: Buffer, to: number, depth: number): void;

  /** @throws SyntaxError if JSON cannot continue like this */
  write(piece: Buffer): void {
    for (let at = 0; at < piece.length;) {
      switch (this.#state) {
        case STRING:
          at = this.#inString(piece, at);
          break;
        case ESCAPE:
        case HEX:
          at = this.#inEscape(piece, at);
          break;
        case LITERAL:
          at = this.#inLiteral(piece, at);
          break;
        case NUMBER:
          at = this.#inNumber(piece, at);
          break;
        default:
          at = this.#between(piece, at);
      }
    }
  }

  /** @throws SyntaxError if the document is not complete */
  end(): void {
    if (this.#state !== NOTHING) throw notJson();
  }

  #inString(piece: Buffer, from: number): number {
    const end = piece.length;
    let at = from;
    // mutants stay: after the last byte there is none that continues the run
    while (at < end && STOPS[piece[at]!] === 0) at++;
    if (at === end) return at;
    const byte = piece[at];
    at++;
    if (byte === QUOTE) {
      this.#state = this.#isKey ? COLON : COMMA_OR_END;
      if (this.#isKey) this.keyEnds(piece, at, this.#depth, this.#isEscaped);
    } else if (byte === BACKSLASH) {
      this.#state = ESCAPE;
      this.#isEscaped = true;
    } else throw notJson();
    return at;
  }

  #inEscape(piece: Buffer, at: number): number {
    const byte = piece[at] ?? 0;
    if (this.#state === HEX) {
      if (!isHex(byte)) throw notJson();
      if (--this.#hexLeft === 0) this.#state = STRING;
    } else if (byte === 0x75) {
      this.#state = HEX;
      this.#hexLeft = 4;
    } else if (SIMPLE_ESCAPES.has(byte)) this.#state = STRING;
    else throw notJson();
    return at + 1;
  }

  #inLiteral(piece: Buffer, at: number): number {
    if (piece[at] !== this.#literal[this.#literalAt]) throw notJson();
    if (++this.#literalAt === this.#literal.length) this.#state = COMMA_OR_END;
    return at + 1;
  }

  #inNumber(piece: Buffer, at: number): number {
    const next = numberGoesOn(this.#number, piece[at] ?? 0);
    if (next !== NO_NUMBER) {
      this.#number = next;
      return at + 1;
    }
    if (!numberMayEnd(this.#number)) throw notJson();
    this.#state = COMMA_OR_END;
    return at;
  }

  /** Scans to the next string, number or literal. */
  #between(piece: Buffer, from: number): number {
    const end = piece.length;
    for (let at = from; at < end; at++) {
      const byte = piece[at]!;
      switch (byte) {
        case 0x20:
        case 0x0a:
        case 0x0d:
        case 0x09:
          break;
        case 0x3a: // :
          if (this.#state !== COLON) throw notJson();
          this.#state = VALUE;
          break;
        case 0x2c: // ,
          if (this.#state !== COMMA_OR_END) throw notJson();
          this.#state = this.#arrays[this.#depth] === 1 ? VALUE : KEY;
          break;
        case 0x7b: // {
          this.#open(at, 0);
          break;
        case 0x5b: // [
          this.#open(at, 1);
          break;
        case 0x7d: // }
          this.#close(piece, at, 0);
          break;
        case 0x5d: // ]
          this.#close(piece, at, 1);
          break;
        case QUOTE:
          this.#stringBegins(at);
          return at + 1;
        default:
          this.#numberOrLiteralBegins(byte);
          return at + 1;
      }
    }
    return end;
  }

  #open(at: number, array: 0 | 1): void {
    this.#valueBegins();
    if (this.#depth + 1 === this.#arrays.length) throw notJson();
    this.opens(at, this.#depth, array === 1);
    this.#arrays[++this.#depth] = array;
    this.#state = array ? VALUE_OR_END : KEY_OR_END;
  }

  #close(piece: Buffer, at: number, array: 0 | 1): void {
    const empty = array ? VALUE_OR_END : KEY_OR_END;
    if (this.#state !== empty && this.#state !== COMMA_OR_END) throw notJson();
    if (this.#depth === 0 || this.#arrays[this.#depth] !== array) throw notJson();
    this.#depth--;
    this.#state = this.#depth === 0 ? NOTHING : COMMA_OR_END;
    this.closes(piece, at + 1, this.#depth);
  }

  #stringBegins(at: number): void {
    this.#isKey = this.#state === KEY || this.#state === KEY_OR_END;
    this.#isEscaped = false;
    if (this.#isKey) this.keyBegins(at, this.#depth);
    else {
      this.#valueBegins();
      this.scalarBegins(this.#depth);
    }
    this.#state = STRING;
  }

  #numberOrLiteralBegins(byte: number): void {
    this.#valueBegins();
    this.scalarBegins(this.#depth);
    this.#number = numberBegins(byte);
    if (this.#number !== NO_NUMBER) {
      this.#state = NUMBER;
      return;
    }
    const literal = LITERALS.find((word) => word[0] === byte);
    if (!literal) throw notJson();
    this.#literal = literal;
    this.#literalAt = 1;
    this.#state = LITERAL;
  }

  #valueBegins(): void {
    if (this.#state !== VALUE && this.#state !== VALUE_OR_END) throw notJson();
  }
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

function notJson(): SyntaxError {
  return new SyntaxError('this is not JSON, or too deep');
}
