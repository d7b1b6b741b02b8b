import { JsonScanner } from '../platform/json-scanner.ts';
import type { AnswerBody } from './answer-body.ts';
import { fields, unexpectedAnswer } from './answers.ts';
import { ByteSpan } from './byte-span.ts';
import type { ClaimRoom } from './claim-room.ts';

const METHOD = 'claimWork';
/** Anyone who can create tasks chooses how deep they are. */
const MAX_DEPTH = 100_000;
/**
 * What each key and value takes in memory besides its text: about as much as an empty list. A task of 10 MB that
 * consists of empty lists takes almost 200 MB.
 */
const VALUE_BYTES = 48;
/** The largest task to read, in memory. The hooks service accepts requests of 10 MB. */
const LARGEST_BYTES = 32 * 1024 * 1024;
/** A claim without its task. The rest contains the task's scopes, and credentials with so many are refused. */
const REST_BYTES = 1024 * 1024;
const NO_TASK = Buffer.from('null');

/** Depths: in the answer, in the list of claims, in one of them. */
const ANSWER = 1;
const LIST = 2;
const CLAIM = 3;

/**
 * Why a task was left out. `too-large`: no worker reads a task of this size. `no-room`: this process has claimed other
 * large tasks; `freed` resolves when enough of them are done.
 */
export type LeftOut = { why: 'too-large' } | { why: 'no-room'; freed: Promise<void> };

export interface ClaimedTask {
  /** The entry of the answer. Its `task` is null if it was left out. */
  claim: Record<string, unknown>;
  leftOut: LeftOut | undefined;
  /** Gives the task's room back. */
  release: () => void;
}

/**
 * Reads claimWork's answer as it arrives, one claim at a time. Anyone who can create tasks for the queue chooses their
 * size. All tasks in an answer are ours, so a huge one must neither use up the memory nor make the answer unreadable:
 * the others would wait until their claims expire, and then be claimed together with it again.
 */
export class ClaimedTasksBody extends JsonScanner implements AnswerBody {
  /** Usable even if the rest of the answer never arrives. */
  readonly claims: ClaimedTask[] = [];
  readonly #room: ClaimRoom;
  #piece: Buffer = Buffer.alloc(0);
  /** How many bytes came before this piece. */
  #before = 0;
  readonly #key = new ByteSpan();
  #lastKey = '';
  #isInList = false;
  #hasList = false;
  #current: Current | undefined;

  constructor(room: ClaimRoom) {
    super(MAX_DEPTH);
    this.#room = room;
  }

  override write(piece: Buffer): void {
    this.#piece = piece;
    super.write(piece);
    this.#key.goOn(piece);
    this.#before += piece.length;
    this.#current?.goOn(piece, this.#before);
  }

  /** @throws SyntaxError if the answer is not complete; TaskclusterError if it has no list of tasks */
  override end(): void {
    super.end();
    if (!this.#hasList) throw unexpectedAnswer(METHOD, 'a list', undefined);
  }

  protected keyBegins(at: number, depth: number): void {
    if (this.#current?.isInTask) this.#current.values++;
    else if (depth === ANSWER || (depth === CLAIM && this.#isInList)) this.#key.begin(at);
  }

  protected keyEnds(piece: Buffer, to: number): void {
    if (this.#key.isOpen) this.#lastKey = this.#key.end(piece, to).toString('utf8');
  }

  protected scalarBegins(depth: number): void {
    if (this.#current?.isInTask) this.#current.values++;
    else if (depth === LIST && this.#isInList) throw unexpectedAnswer(METHOD, 'an object', '');
  }

  protected opens(at: number, depth: number, isArray: boolean): void {
    if (this.#current?.isInTask) this.#current.values++;
    else if (depth === ANSWER && isArray && this.#lastKey === '"tasks"') {
      this.#isInList = true;
      this.#hasList = true;
    } else if (!this.#isInList) return;
    else if (depth === LIST) {
      if (isArray) throw unexpectedAnswer(METHOD, 'an object', []);
      this.#current = new Current(at, this.#before);
    } else if (depth === CLAIM && this.#lastKey === '"task"')
      this.#current?.taskBegins(this.#piece, at, this.#before);
  }

  protected closes(piece: Buffer, to: number, depth: number): void {
    if (depth === CLAIM && this.#current?.isInTask)
      this.#current.taskEnds(piece, to, this.#before, this.#room);
    else if (this.#current?.isInTask || !this.#isInList) return;
    else if (depth === LIST) {
      const claim = this.#current?.end(piece, to);
      if (claim) this.claims.push(claim);
      this.#current = undefined;
    } else if (depth === ANSWER) this.#isInList = false;
  }
}

/** The claim that is being read: its task, and the rest. Places are in the current piece, `before` are earlier bytes. */
class Current {
  isInTask = false;
  /** Keys and values in the task so far. */
  values = 0;
  readonly #from: number;
  readonly #rest: Buffer[] = [];
  readonly #restSpan = new ByteSpan();
  #isUsable = true;
  #task: Buffer | undefined;
  readonly #taskSpan = new ByteSpan();
  #taskFrom = 0;
  #taskBytes = 0;
  #leftOut: LeftOut | undefined;
  #release = () => {};

  constructor(at: number, before: number) {
    this.#from = before + at;
    this.#restSpan.begin(at);
  }

  /** @param read bytes up to the end of the piece */
  goOn(piece: Buffer, read: number): void {
    this.#restSpan.goOn(piece);
    this.#taskSpan.goOn(piece);
    if (this.isInTask) {
      if (this.#sizeUpTo(read) > LARGEST_BYTES) this.#taskSpan.drop();
    } else if (read - this.#from - this.#taskBytes > REST_BYTES) {
      this.#isUsable = false;
      this.#restSpan.drop();
    }
  }

  taskBegins(piece: Buffer, at: number, before: number): void {
    this.#rest.push(this.#restSpan.end(piece, at), NO_TASK);
    this.#taskFrom = before + at;
    this.#taskSpan.begin(at);
    this.isInTask = true;
  }

  taskEnds(piece: Buffer, to: number, before: number, room: ClaimRoom): void {
    const size = this.#sizeUpTo(before + to);
    this.#taskBytes = before + to - this.#taskFrom;
    this.isInTask = false;
    this.#restSpan.begin(to);
    const release = size > LARGEST_BYTES ? undefined : room.take(size);
    if (release) {
      this.#release = release;
      this.#task = this.#taskSpan.end(piece, to);
      return;
    }
    this.#taskSpan.drop();
    this.#leftOut =
      size > LARGEST_BYTES ? { why: 'too-large' } : { why: 'no-room', freed: room.untilFree(size) };
  }

  /** @returns undefined if nothing can be done with it */
  end(piece: Buffer, to: number): ClaimedTask | undefined {
    const rest = Buffer.concat([...this.#rest, this.#restSpan.end(piece, to)]);
    if (!this.#isUsable || rest.length > REST_BYTES) {
      this.#release();
      return undefined;
    }
    const claim = fields(METHOD, parse(rest));
    if (this.#task) claim['task'] = parse(this.#task);
    return { claim, leftOut: this.#leftOut, release: this.#release };
  }

  /** What the task takes in memory if it ends here. */
  #sizeUpTo(place: number): number {
    return place - this.#taskFrom + this.values * VALUE_BYTES;
  }
}

function parse(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString('utf8'));
}
