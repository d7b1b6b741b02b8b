import { spender } from '../platform/reading-budget.ts';

/** Receives the body of one answer as it arrives, decompressed. */
export interface AnswerBody {
  /** @throws whatever ends the reading */
  write(chunk: Buffer): void;
  /** @returns the content of the answer @throws SyntaxError if it is not JSON, or incomplete */
  end(): unknown;
}

/** An answer is larger than anything that we request. */
export class AnswerTooLargeError extends Error {
  constructor(most: number) {
    super(`the answer is larger than ${most} bytes`);
    this.name = 'AnswerTooLargeError';
  }
}

/** JSON that is kept whole. Its bytes count towards the reading limit of the current action. */
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
    this.#spend(chunk);
    this.#chunks.push(chunk);
  }

  end(): unknown {
    const [first] = this.#chunks;
    const whole = first && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#bytes);
    return JSON.parse(whole.toString('utf8'));
  }
}
