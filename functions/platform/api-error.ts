import { bounded, TEXT_LIMITS } from './bounded-text.ts';

/**
 * Taskcluster's error codes and the HTTP status of each (taskcluster's lib-api). When to use which:
 * MalformedPayload for JSON that cannot be parsed, InputValidationError for what the schema refuses,
 * InputError for every other mistake of the caller's, the rest as their names say.
 */
const STATUS = {
  MalformedPayload: 400,
  InputValidationError: 400,
  InputError: 400,
  AuthenticationFailed: 401,
  InsufficientScopes: 403,
  ResourceNotFound: 404,
  RequestConflict: 409,
  InputTooLarge: 413,
  InternalServerError: 500,
} as const;

export type ApiErrorCode = keyof typeof STATUS;

export function isApiErrorCode(code: string): code is ApiErrorCode {
  return Object.hasOwn(STATUS, code);
}

/** An answer to the caller that is not a success. Its message is shown to the developer, up to a bound. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly statusCode: number;

  constructor(code: ApiErrorCode, message: string, options?: ErrorOptions) {
    super(bounded(message, TEXT_LIMITS.message), options);
    this.name = 'ApiError';
    this.code = code;
    this.statusCode = STATUS[code];
  }
}
