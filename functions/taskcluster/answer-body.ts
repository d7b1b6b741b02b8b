import { spender } from '../platform/reading-budget.ts';

/** Takes the body of one answer as it comes, decompressed. */
export interface AnswerBody {
  /** @throws whatever ends the reading */
  write(chunk: Buffer): void;
  /** @returns what the answer says @throws SyntaxError if it is not JSON, or not all of it */
  end(): unknown;
}

/** An answer has more bytes than anything that we ask for. */
export class AnswerTooLargeError extends Error {
  constructor(most: number) {
    super(`the answer is larger than ${most} bytes`);
    this.name = 'AnswerTooLargeError';
  }
}

/** JSON that is kept whole. Its bytes count towards what the action that asks may read. */
export class JsonBody implements AnswerBody {
  readonly #chunks: Buffer[] = [];
  readonly #most: number;
  readonly #spend = spender();
  #bytes = 0;

  /** @param most bytes */
  constructor(most: number) {
    this.#most = most;
  }

  /** @throws AnswerTooLargeError, OverBudgetError */
  write(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#most) throw new AnswerTooLargeError(this.#most);
    this.#spend(chunk.length);
    this.#chunks.push(chunk);
  }

  end(): unknown {
    const [first] = this.#chunks;
    const whole = first && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#bytes);
    return JSON.parse(whole.toString('utf8'));
  }
}
