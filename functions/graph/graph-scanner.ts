import { NO_NUMBER, numberBegins, numberGoesOn, numberMayEnd } from './json-number.ts';
import { GraphError } from './task-graph.ts';

/** What an entry may take, in bytes of JSON; taskgraph's largest have some ten thousand. */
const MAX_ENTRY = 4 * 1024 * 1024;
/** As deep as platform/json.ts takes it. */
const MAX_DEPTH = 100;

/** What comes next, between two tokens. */
const VALUE = 0;
const VALUE_OR_END = 1;
const KEY = 2;
const KEY_OR_END = 3;
const COLON = 4;
const COMMA_OR_END = 5;
const NOTHING = 6;
/** Where we are inside of a token. */
const STRING = 7;
const ESCAPE = 8;
const HEX = 9;
const LITERAL = 10;
const NUMBER = 11;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Bytes that end the plain part of a string: the quote, the backslash, and control characters, which JSON forbids. */
const STOPS = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);
const SIMPLE_ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const LITERALS = ['true', 'false', 'null'].map((word) => Buffer.from(word));
const DEPENDENCIES = Buffer.from('"dependencies"');

export interface ScannedEntry {
  label: string;
  /** Where its JSON is among all bytes that were written. */
  from: number;
  to: number;
  /** An object. */
  dependencies: unknown;
}

/**
 * Reads full-task-graph.json as it comes, in pieces of any size: an object of objects, of which each has an object
 * `dependencies`. It takes what JSON.parse takes and nothing else, but builds nothing, and of all values keeps none but
 * the labels and their dependencies. That its text is UTF-8 is for others to check.
 */
export class GraphScanner {
  readonly #onEntry: (entry: ScannedEntry) => void;
  #state = VALUE;
  /** How many objects and arrays are open, and for each whether it is an array. */
  #depth = 0;
  readonly #arrays = new Uint8Array(MAX_DEPTH + 1);
  /** Of the string, literal or number that we are in. */
  #stringIsKey = false;
  #hexLeft = 0;
  #literal: Uint8Array = new Uint8Array();
  #literalAt = 0;
  #number = 0;

  /** Bytes in the pieces before this one. */
  #offset = 0;
  /** Where what is to be kept begins in this piece, or -1; and what of it was in the pieces before. */
  #keptFrom = -1;
  #keptBefore: Buffer[] = [];
  #keptEscape = false;

  /** Where the entry begins, or, before that, its label. */
  #from = 0;
  #label = '';
  #atDependencies = false;
  #dependencies: unknown;

  /** @param onEntry may throw, which ends the reading */
  constructor(onEntry: (entry: ScannedEntry) => void) {
    this.#onEntry = onEntry;
  }

  /** @throws GraphError if this is not how such a graph goes on */
  write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      switch (this.#state) {
        case STRING:
          at = this.#inString(bytes, at);
          break;
        case ESCAPE:
        case HEX:
          at = this.#inEscape(bytes, at);
          break;
        case LITERAL:
          at = this.#inLiteral(bytes, at);
          break;
        case NUMBER:
          at = this.#inNumber(bytes, at);
          break;
        default:
          at = this.#between(bytes, at);
      }
    }
    if (this.#keptFrom >= 0) {
      // A copy: the piece is the caller's again when this returns.
      this.#keptBefore.push(Buffer.from(bytes.subarray(this.#keptFrom)));
      this.#keptFrom = 0;
    }
    this.#offset += bytes.length;
    if (this.#depth >= 1) this.#checkSize(this.#offset);
  }

  /** @throws GraphError if the graph is not complete */
  end(): void {
    if (this.#state !== NOTHING) throw malformed();
  }

  #inString(bytes: Buffer, from: number): number {
    const end = bytes.length;
    let at = from;
    while (at < end && STOPS[bytes[at]!] === 0) at++;
    if (at === end) return at;
    const byte = bytes[at];
    at++;
    if (byte === QUOTE) {
      if (!this.#stringIsKey) this.#state = COMMA_OR_END;
      else {
        this.#state = COLON;
        if (this.#depth <= 2) this.#keyEnds(bytes, at);
      }
    } else if (byte === BACKSLASH) {
      this.#state = ESCAPE;
      this.#keptEscape = true;
    } else throw malformed();
    return at;
  }

  #inEscape(bytes: Buffer, at: number): number {
    const byte = bytes[at] ?? 0;
    if (this.#state === HEX) {
      if (!isHex(byte)) throw malformed();
      if (--this.#hexLeft === 0) this.#state = STRING;
    } else if (byte === 0x75) {
      this.#state = HEX;
      this.#hexLeft = 4;
    } else if (SIMPLE_ESCAPES.has(byte)) this.#state = STRING;
    else throw malformed();
    return at + 1;
  }

  #inLiteral(bytes: Buffer, at: number): number {
    if (bytes[at] !== this.#literal[this.#literalAt]) throw malformed();
    if (++this.#literalAt === this.#literal.length) this.#state = COMMA_OR_END;
    return at + 1;
  }

  #inNumber(bytes: Buffer, at: number): number {
    const next = numberGoesOn(this.#number, bytes[at] ?? 0);
    if (next !== NO_NUMBER) {
      this.#number = next;
      return at + 1;
    }
    if (!numberMayEnd(this.#number)) throw malformed();
    this.#state = COMMA_OR_END;
    return at;
  }

  /** Goes on to the next string, number or literal, or to where an object or array begins or ends. */
  #between(bytes: Buffer, from: number): number {
    const end = bytes.length;
    for (let at = from; at < end; at++) {
      const byte = bytes[at]!;
      switch (byte) {
        case 0x20:
        case 0x0a:
        case 0x0d:
        case 0x09:
          break;
        case 0x3a: // :
          if (this.#state !== COLON) throw malformed();
          this.#state = VALUE;
          break;
        case 0x2c: // ,
          if (this.#state !== COMMA_OR_END) throw malformed();
          this.#state = this.#arrays[this.#depth] === 1 ? VALUE : KEY;
          break;
        case QUOTE:
          if (this.#state === KEY || this.#state === KEY_OR_END) this.#keyBegins(at);
          else this.#scalarBegins();
          this.#state = STRING;
          return at + 1;
        case 0x7b: // {
          this.#open(at, 0);
          break;
        case 0x5b: // [
          this.#open(at, 1);
          break;
        case 0x7d: // }
          this.#close(bytes, at, 0);
          break;
        case 0x5d: // ]
          this.#close(bytes, at, 1);
          break;
        default:
          this.#scalarBegins();
          this.#numberOrLiteralBegins(byte);
          return at + 1;
      }
    }
    return end;
  }

  #keyBegins(at: number): void {
    this.#stringIsKey = true;
    if (this.#depth === 1) this.#from = this.#offset + at;
    if (this.#depth <= 2) this.#keep(at);
  }

  #keyEnds(bytes: Buffer, to: number): void {
    if (this.#depth === 2) {
      this.#atDependencies = this.#isDependencies(bytes, to);
    } else this.#label = String(parse(this.#kept(bytes, to)));
  }

  /** Neither labels nor entries are anything but objects. */
  #scalarBegins(): void {
    if (this.#state !== VALUE && this.#state !== VALUE_OR_END) throw malformed();
    if (this.#depth < 2 || (this.#depth === 2 && this.#atDependencies)) throw malformed();
    this.#stringIsKey = false;
  }

  #numberOrLiteralBegins(byte: number): void {
    this.#number = numberBegins(byte);
    if (this.#number !== NO_NUMBER) {
      this.#state = NUMBER;
      return;
    }
    const literal = LITERALS.find((word) => word[0] === byte);
    if (!literal) throw malformed();
    this.#literal = literal;
    this.#literalAt = 1;
    this.#state = LITERAL;
  }

  #open(at: number, array: 0 | 1): void {
    if (this.#state !== VALUE && this.#state !== VALUE_OR_END) throw malformed();
    if (this.#depth === MAX_DEPTH) throw malformed();
    const isDependencies = this.#depth === 2 && this.#atDependencies;
    if (array && (this.#depth < 2 || isDependencies)) throw malformed();
    if (this.#depth === 1) {
      this.#from = this.#offset + at;
      this.#dependencies = undefined;
    }
    if (isDependencies) this.#keep(at);
    this.#arrays[++this.#depth] = array;
    this.#state = array ? VALUE_OR_END : KEY_OR_END;
  }

  #close(bytes: Buffer, at: number, array: 0 | 1): void {
    const empty = array ? VALUE_OR_END : KEY_OR_END;
    if (this.#state !== empty && this.#state !== COMMA_OR_END) throw malformed();
    if (this.#depth === 0 || this.#arrays[this.#depth] !== array) throw malformed();
    this.#depth--;
    this.#state = this.#depth === 0 ? NOTHING : COMMA_OR_END;
    if (this.#depth === 2 && this.#atDependencies) this.#dependencies = parse(this.#kept(bytes, at + 1));
    if (this.#depth === 1) this.#entryEnds(this.#offset + at + 1);
  }

  #entryEnds(to: number): void {
    this.#checkSize(to);
    if (this.#dependencies === undefined) throw malformed();
    this.#onEntry({ label: this.#label, from: this.#from, to, dependencies: this.#dependencies });
  }

  #checkSize(to: number): void {
    if (to - this.#from > MAX_ENTRY)
      throw new GraphError('too-large', `an entry of the graph has more than ${MAX_ENTRY} bytes`);
  }

  /** What begins here will be asked for with #kept. */
  #keep(at: number): void {
    this.#keptFrom = at;
    this.#keptEscape = false;
  }

  #kept(bytes: Buffer, to: number): Buffer {
    const last = bytes.subarray(this.#keptFrom, to);
    const kept = this.#keptBefore.length === 0 ? last : Buffer.concat([...this.#keptBefore, last]);
    this.#keptFrom = -1;
    this.#keptBefore = [];
    return kept;
  }

  /** Nearly all keys differ in length, so that nothing needs to be made of them. */
  #isDependencies(bytes: Buffer, to: number): boolean {
    if (this.#keptEscape || this.#keptBefore.length > 0)
      return parse(this.#kept(bytes, to)) === 'dependencies';
    const from = this.#keptFrom;
    this.#keptFrom = -1;
    return to - from === DEPENDENCIES.length && DEPENDENCIES.compare(bytes, from, to) === 0;
  }
}

/** JSON that has been scanned. */
function parse(json: Buffer): unknown {
  return JSON.parse(json.toString('utf8'));
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

function malformed(): GraphError {
  return new GraphError('malformed', 'full-task-graph.json is not what taskgraph writes');
}
