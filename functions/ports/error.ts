/** A call to Taskcluster that has failed for good: refused, or not answered after all tries. */
export class TaskclusterError extends Error {
  readonly method: string;
  /** HTTP status; 0 if no answer came. */
  readonly statusCode: number;
  /** Taskcluster's error code (`InsufficientScopes`), or the network's (`ECONNREFUSED`). */
  readonly code: string;

  constructor(method: string, statusCode: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TaskclusterError';
    this.method = method;
    this.statusCode = statusCode;
    this.code = code;
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
