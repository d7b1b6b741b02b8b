import { JsonScanner } from '../platform/json-scanner.ts';
import type { GroupTask } from '../ports/reader.ts';
import { AnswerTooLargeError, type AnswerBody } from './answer-body.ts';
import { fields, optionalText, status, unexpectedAnswer } from './answers.ts';
import { ByteSpan } from './byte-span.ts';

const METHOD = 'listTaskGroup';
/** For a page of a thousand tasks. Firefox's have 6 KB each; none of it is kept, so this only limits the time. */
const PAGE_BYTES = 256 * 1024 * 1024;
/** Anyone who can create tasks chooses how deep a definition is, and the whole group must stay readable. */
const MAX_DEPTH = 10_000;

/** Depths: in the answer, in the list of tasks, in one of them. */
const ANSWER = 1;
const LIST = 2;
const TASK = 3;

export interface GroupPage {
  tasks: GroupTask[];
  continuationToken: string | undefined;
}

/**
 * Reads one page of a group's listing as it arrives. A page contains whole definitions, megabytes of them. It skips
 * those, so that a page only takes the memory of its ids and states, and is parsed when it has arrived.
 */
export class GroupPageBody extends JsonScanner implements AnswerBody {
  readonly #tasks: GroupTask[] = [];
  /** The answer without the contents of its list of tasks. */
  readonly #rest: Buffer[] = [];
  #page: GroupPage | undefined;
  #bytes = 0;

  #piece: Buffer = Buffer.alloc(0);
  readonly #kept = new ByteSpan();
  readonly #key = new ByteSpan();
  #lastKey = '';
  #isInList = false;
  #hasList = false;
  #status: unknown;

  constructor() {
    super(MAX_DEPTH);
    this.#kept.begin(0);
  }

  /** @throws TaskclusterError if there was no answer of this kind */
  get page(): GroupPage {
    if (!this.#page) throw unexpectedAnswer(METHOD, 'an object', undefined);
    return this.#page;
  }

  override write(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > PAGE_BYTES) throw new AnswerTooLargeError(PAGE_BYTES);
    this.#piece = piece;
    super.write(piece);
    this.#kept.goOn(piece);
    this.#key.goOn(piece);
  }

  override end(): void {
    super.end();
    this.#rest.push(this.#kept.end(Buffer.alloc(0), 0));
    const answer = fields(METHOD, JSON.parse(Buffer.concat(this.#rest).toString('utf8')));
    if (!this.#hasList) throw unexpectedAnswer(METHOD, 'a list', answer['tasks']);
    const continuationToken = optionalText(METHOD, answer['continuationToken']);
    this.#page = { tasks: this.#tasks, continuationToken };
  }

  protected keyBegins(at: number, depth: number): void {
    if (depth === ANSWER || (depth === TASK && this.#isInList)) this.#key.begin(at);
  }

  protected keyEnds(piece: Buffer, to: number, depth: number): void {
    if (depth === ANSWER || (depth === TASK && this.#isInList))
      this.#lastKey = this.#key.end(piece, to).toString('utf8');
  }

  protected scalarBegins(depth: number): void {
    if (depth === LIST && this.#isInList) throw unexpectedAnswer(METHOD, 'an object', '');
  }

  protected opens(at: number, depth: number, isArray: boolean): void {
    if (depth === ANSWER && isArray && this.#lastKey === '"tasks"') {
      this.#rest.push(this.#kept.end(this.#piece, at + 1));
      this.#isInList = true;
      this.#hasList = true;
    } else if (!this.#isInList) return;
    else if (depth === LIST) {
      if (isArray) throw unexpectedAnswer(METHOD, 'an object', []);
      this.#status = undefined;
    } else if (depth === TASK && this.#lastKey === '"status"') this.#kept.begin(at);
  }

  protected closes(piece: Buffer, to: number, depth: number): void {
    if (!this.#isInList) return;
    if (depth === TASK && this.#kept.isOpen)
      this.#status = JSON.parse(this.#kept.end(piece, to).toString('utf8'));
    else if (depth === LIST) this.#tasks.push(groupTask(this.#status));
    else if (depth === ANSWER) {
      this.#isInList = false;
      this.#kept.begin(to - 1);
    }
  }
}

function groupTask(value: unknown): GroupTask {
  const { taskId, schedulerId, state, runs } = status(METHOD, value);
  const last = runs.at(-1);
  const canceled = state === 'exception' && last?.reasonResolved === 'canceled' ? last.resolved : undefined;
  return { taskId, schedulerId, state, canceled };
}
