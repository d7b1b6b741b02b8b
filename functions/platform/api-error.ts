import { bounded, TEXT_LIMITS } from './bounded-text.ts';

/**
 * Taskcluster's error codes and their HTTP statuses (taskcluster's lib-api). Use MalformedPayload for JSON that cannot
 * be parsed, InputValidationError for what the schema refuses, InputError for every other mistake of the caller, and
 * the rest as their names say.
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

/** An error answer to the caller. Developers see its message, cut to a limit. */
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
