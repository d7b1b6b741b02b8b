/** HTTP status of each error code, as the services answer them. */
const STATUS = {
  MalformedPayload: 400,
  InvalidRequestArguments: 400,
  InputValidationError: 400,
  InputError: 400,
  AuthenticationFailed: 401,
  InsufficientScopes: 403,
  ResourceNotFound: 404,
  RequestConflict: 409,
  ResourceExpired: 410,
  InternalServerError: 500,
} as const;

export type ErrorCode = keyof typeof STATUS;

/** A refusal by a service, with the code and text that the client will see. */
export class ApiError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
  }

  get status(): number {
    return STATUS[this.code];
  }
}

export interface ErrorBody {
  code: string;
  message: string;
  requestInfo: { method: string; params: Record<string, string>; payload: unknown; time: string };
}

export interface FailedRequest {
  /** The API method's name. */
  method: string;
  params: Record<string, string>;
  payload: unknown;
  /** Milliseconds since the epoch. */
  now: number;
}

/** The body of an error answer. Clients show `message`, with its trailing block, to people unchanged. */
export function errorBody(code: string, status: number, message: string, request: FailedRequest): ErrorBody {
  const time = new Date(request.now).toJSON();
  const block = [
    '\n\n---\n',
    `* method:     ${request.method}`,
    `* errorCode:  ${code}`,
    `* statusCode: ${status}`,
    `* time:       ${time}`,
  ].join('\n');
  return {
    code,
    message: message + block,
    requestInfo: { method: request.method, params: request.params, payload: request.payload, time },
  };
}
