/**
 * How a call failed.
 * - `error-status`: the service answered, with an error.
 * - `no-answer`: the request may or may not have arrived.
 * - `unexpected-answer`: the service answered, with something that we cannot read.
 * - `closed`: our own client was closed; nothing was sent.
 */
export type FailureKind = 'error-status' | 'no-answer' | 'unexpected-answer' | 'closed';

interface Failure {
  /** API method, as in taskcluster-client; `download` and `upload` for an artifact's content. */
  method: string;
  /** Taskcluster's error code (`InsufficientScopes`), or the network's (`ECONNREFUSED`). */
  code: string;
  message: string;
  cause?: unknown;
  /** Given if kind and status do not tell. */
  unanswered?: boolean;
}

type Outcome = { statusCode: number } | { kind: Exclude<FailureKind, 'error-status'> };

/** The request never reached a server, so it cannot have been performed. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
/** A gateway gave up waiting; the service may still be working. */
const GIVEN_UP = new Set([502, 504]);

/** A call to Taskcluster that finally failed: refused, or not answered after all tries. */
export class TaskclusterError extends Error {
  readonly method: string;
  readonly kind: FailureKind;
  /** HTTP status, only of an `error-status`. */
  readonly statusCode: number | undefined;
  readonly code: string;
  /**
   * This request, or an earlier try of the same call, was sent but its result is not known: it may have been performed,
   * or may still be.
   */
  readonly unanswered: boolean;

  readonly #failure: Failure & Outcome;

  constructor(failure: Failure & Outcome) {
    const { method, code, message, cause } = failure;
    super(message, cause === undefined ? {} : { cause });
    this.name = 'TaskclusterError';
    this.method = method;
    this.kind = 'kind' in failure ? failure.kind : 'error-status';
    this.statusCode = 'statusCode' in failure ? failure.statusCode : undefined;
    this.code = code;
    this.#failure = failure;
    this.unanswered = failure.unanswered ?? leavesResultOpen(this);
  }

  /** The same failure, of a call with an earlier try that was not answered. */
  afterUnanswered(): TaskclusterError {
    return this.unanswered ? this : new TaskclusterError({ ...this.#failure, unanswered: true });
  }

  /** The service has refused the call (4xx): nothing was done. */
  get refused(): boolean {
    return this.statusCode !== undefined && this.statusCode >= 400 && this.statusCode < 500;
  }

  /** Taskcluster has no such thing. A 404 of a proxy in front of it says nothing about that. */
  get notFound(): boolean {
    return this.statusCode === 404 && this.code === 'ResourceNotFound';
  }

  /** A retry would give the same error. */
  get lasting(): boolean {
    if (this.statusCode === 404) return this.notFound;
    return this.kind === 'unexpected-answer' || (this.refused && this.statusCode !== 429);
  }

  /** The message without the technical block that services append to it. */
  get text(): string {
    const [text = ''] = this.message.split('\n\n---\n');
    return text.trim();
  }

  get summary(): string {
    return `${this.code}: ${this.text}`;
  }
}

export function isTaskclusterError(error: unknown): error is TaskclusterError {
  return error instanceof TaskclusterError;
}

/** What was read, or undefined if it cannot be read: for reads whose failure must not end the action. */
export async function ifReadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isTaskclusterError(error)) return undefined;
    throw error;
  }
}

function leavesResultOpen({ kind, code, statusCode = 0 }: TaskclusterError): boolean {
  switch (kind) {
    case 'no-answer':
      return !NEVER_SENT.has(code);
    case 'error-status':
      return GIVEN_UP.has(statusCode);
    // It was answered with a success that does not say what was done.
    case 'unexpected-answer':
      return true;
    case 'closed':
      return false;
  }
}
