// The only file that imports taskcluster-client (the package will be renamed; see docs/adr/0003).
import taskcluster from 'taskcluster-client';
import type { Credentials } from '../platform/credentials.ts';
import { countApiCall } from '../platform/api-calls.ts';
import { bounded, TEXT_LIMITS } from '../platform/bounded-text.ts';
import { timeLeft } from '../platform/deadline.ts';
import { spendCall } from '../platform/reading-budget.ts';
import { isSource, type CredentialsSource } from './credentials.ts';
import { isTaskclusterError, TaskclusterError } from '../ports/error.ts';
import { isObject } from '../tasks/shapes.ts';
import { AnswerTooLargeError, JsonBody, type AnswerBody } from './answer-body.ts';
import { exchange, isSuccess, type ApiAnswer } from './exchange.ts';
import { signerFor, type Signer } from './signer.ts';
import { READ_POLICY, withRetries, type RetryPolicy } from './retry.ts';

/** Which service's client to use, by its class in taskcluster-client. */
export type ServiceName = 'Auth' | 'Queue' | 'Index' | 'Hooks';

type Api = InstanceType<(typeof taskcluster)[ServiceName]>;
type ApiMethod = Api['ping'];

/** The methods of a service in taskcluster-client.d.ts; another name does not compile. */
export type MethodOf<S extends ServiceName> = Extract<
  Exclude<keyof InstanceType<(typeof taskcluster)[S]>, 'buildUrl'>,
  string
>;

export interface ClientOptions {
  rootUrl: string;
  /** Without them, calls are anonymous. */
  credentials?: Credentials | CredentialsSource;
  /** Restricts every call to these scopes. */
  authorizedScopes?: string[];
  /** Milliseconds that one request may take; less if the deadline is near. */
  timeoutMs?: number;
  retry?: RetryPolicy;
}

/**
 * The default size limit of one answer, decompressed: four times the size of a thousand statuses, or of 250 definitions
 * like those of Firefox's tests.
 */
const ANSWER_BYTES = 16 * 1024 * 1024;

/** How much clocks may differ for Taskcluster; the library's temporary credentials would start now by our clock. */
const CLOCK_SKEW_MS = 15 * 60 * 1000;

/** One try of a call. */
interface Call {
  service: ServiceName;
  method: string;
  args: unknown[];
  /** The share of the remaining time that it may take. */
  share: number;
  /** Makes what takes the answer's body. */
  body: () => AnswerBody;
}

/** Calls Taskcluster's API methods by name. Answers are `unknown` until the caller has checked them. */
export class TaskclusterClient {
  #options: ClientOptions;
  readonly #apis = new Map<ServiceName, Api>();
  #signing: { credentials: Credentials; sign: Signer } | undefined;
  #closed = false;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /**
   * One API call, retried after 5xx, 429 and network errors as the retry policy says.
   *
   * @param body makes what takes the answer's body, for each try
   * @throws OverBudgetError; TaskclusterError
   */
  async call<S extends ServiceName>(
    service: S,
    method: MethodOf<S>,
    args: unknown[],
    retry = this.#options.retry ?? READ_POLICY,
    body: () => AnswerBody = () => new JsonBody(ANSWER_BYTES),
  ): Promise<unknown> {
    return withRetries(retry, async () => {
      if (this.#closed) {
        throw new TaskclusterError({
          method,
          kind: 'closed',
          code: 'Closed',
          message: 'this client makes no more calls',
        });
      }
      if (timeLeft() <= 0) {
        throw new TaskclusterError({
          method,
          kind: 'closed',
          code: 'OutOfTime',
          message: 'there was no time left for this call',
        });
      }
      const request = this.#request({ service, method, args, share: retry.share, body });
      this.#underWay.add(request);
      try {
        return await request;
      } catch (error) {
        throw toTaskclusterError(method, error);
      } finally {
        this.#underWay.delete(request);
      }
    });
  }

  /**
   * Stops starting and retrying calls; each one fails from now on. For work that another worker now owns.
   *
   * @returns resolves when the requests under way have ended
   */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
  }

  /** A client with the same options and credentials that is open, whether or not this one is. */
  reopened(): TaskclusterClient {
    return new TaskclusterClient(this.#options);
  }

  /** Used from the next call on; a claim gets new credentials whenever it is reclaimed. */
  useCredentials(credentials: Credentials): void {
    this.#options = { ...this.#options, credentials };
  }

  async #request(call: Call): Promise<unknown> {
    const { credentials } = this.#options;
    const source = credentials && isSource(credentials) ? credentials : undefined;
    const used = source ? await source.current() : fixed(credentials);
    spendCall();
    const answer = await this.#send(call, used);
    // A call with refused credentials did nothing, so any call may be repeated.
    const renewed = used && answer.status === 401 ? await source?.renewed(used) : undefined;
    return bodyOf(call.method, renewed ? await this.#send(call, renewed) : answer);
  }

  /** One request, and its answer. */
  async #send(
    { service, method: name, args, share, body }: Call,
    credentials: Credentials | undefined,
  ): Promise<ApiAnswer> {
    const api = this.#api(service);
    const apiMethod = methodOf(api, name);
    const entry = apiMethod.entryReference;
    const [params, rest] = [args.slice(0, entry.args.length), args.slice(entry.args.length)];
    const payload = entry.input === undefined ? undefined : JSON.stringify(rest.shift());
    // Hawk signs an apostrophe escaped, and nothing else escapes it.
    const url = new URL(api.buildUrl(apiMethod, ...params, ...rest).replaceAll("'", '%27'));
    const method = entry.method.toUpperCase();
    const authorization = credentials && this.#signer(credentials)(method, url);
    const { timeoutMs = 30_000 } = this.#options;
    const timeout = Math.min(timeoutMs, Math.max(1, Math.floor(timeLeft() * share)));
    countApiCall();
    return exchange({ method, url, authorization, payload, timeoutMs: timeout }, body());
  }

  #api(name: ServiceName): Api {
    let api = this.#apis.get(name);
    if (!api) {
      api = new taskcluster[name]({ rootUrl: this.#options.rootUrl, credentials: {} });
      this.#apis.set(name, api);
    }
    return api;
  }

  #signer(credentials: Credentials): Signer {
    if (this.#signing?.credentials !== credentials)
      this.#signing = { credentials, sign: signerFor(credentials, this.#options.authorizedScopes) };
    return this.#signing.sign;
  }
}

/** A method that does not exist must not look like an empty answer. */
function methodOf(api: Api, name: string): ApiMethod {
  const method: unknown = Reflect.get(api, name);
  if (!isMethod(method)) throw new TypeError(`taskcluster-client has no method ${name}`);
  return method;
}

function isMethod(value: unknown): value is ApiMethod {
  return typeof value === 'function' && 'entryReference' in value;
}

/** @throws TaskclusterError if the answer is an error */
function bodyOf(method: string, { status, body }: ApiAnswer): unknown {
  if (isSuccess(status)) return body;
  const { code, message } = isObject(body) ? body : {};
  throw new TaskclusterError({
    method,
    statusCode: status,
    code: typeof code === 'string' ? code : 'UnknownError',
    // It may quote a whole definition.
    message: bounded(typeof message === 'string' ? message : withoutWords(status), TEXT_LIMITS.message),
  });
}

/** What an error is called that the service says nothing about. */
function withoutWords(status: number): string {
  if (status < 400) return `Taskcluster does not answer with ${status} here: is the root URL right?`;
  if (status === 401) return 'Authentication Error';
  return status === 500 ? 'Internal Server Error' : 'Unknown Server Error';
}

function fixed(credentials: Credentials | CredentialsSource | undefined): Credentials | undefined {
  return credentials && !isSource(credentials) ? credentials : undefined;
}

/**
 * Our own credentials in a user's name, for the audit trail, limited to the given scopes. Made locally, without a call;
 * the issuer needs `auth:create-client:<clientId>`.
 */
export function nameTemporaryCredentials(
  issuer: Credentials,
  clientId: string,
  scopes: string[],
  expiry: Date,
): Credentials {
  const start = new Date(Date.now() - CLOCK_SKEW_MS);
  return taskcluster.createTemporaryCredentials({ credentials: issuer, clientId, scopes, start, expiry });
}

/** Why no answer was read, in our words; what is neither the network's nor the answer's fault is a mistake of our own. */
function toTaskclusterError(method: string, error: unknown): unknown {
  if (isTaskclusterError(error)) return error;
  if (error instanceof AnswerTooLargeError)
    return new TaskclusterError({
      method,
      kind: 'unexpected-answer',
      code: 'AnswerTooLarge',
      message: error.message,
      cause: error,
    });
  // The result of the call is not known. No cause: a parser's error quotes what it could not parse.
  if (error instanceof SyntaxError)
    return new TaskclusterError({
      method,
      kind: 'no-answer',
      code: 'BrokenOff',
      message: 'the answer is not JSON',
    });
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  const { code } = error;
  const message = bounded(error.message, TEXT_LIMITS.message);
  return new TaskclusterError({ method, kind: 'no-answer', code, message, cause: error });
}
