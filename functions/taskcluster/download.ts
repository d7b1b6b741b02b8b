import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { parseJson, TooDeepError } from '../platform/json.ts';
import { spendJson } from '../platform/reading-budget.ts';
import { isTaskclusterError, TaskclusterError } from '../ports/error.ts';
import type { DownloadLimits } from '../ports/reader.ts';
import { AddressRule, ForbiddenAddressError } from './addresses.ts';
import { fields, text } from './answers.ts';
import { decompressed, ENCODINGS } from './decompression.ts';

/** Storage types for which the deployment makes the URL; the uploader chooses the URL of a `reference`. */
const OWN_STORAGE = new Set(['s3', 'object']);

/**
 * Downloads artifacts. Anyone who may push chooses an artifact's content, its compression and, for a `reference`, its
 * URL. So this is the only place that connects to URLs chosen by others, and it enforces the rules of docs/security.md.
 */
export class Downloads {
  readonly #secure: boolean;
  readonly #hosts: ReadonlySet<string>;
  readonly #addresses: AddressRule;
  readonly #agents: { 'http:': http.Agent; 'https:': https.Agent };

  /**
   * @param rootUrl of the deployment
   * @param hosts `host` or `host:port`, from which references may be read
   */
  constructor(rootUrl: string, hosts: readonly string[] = []) {
    const { protocol, hostname } = new URL(rootUrl);
    this.#secure = protocol === 'https:';
    this.#hosts = new Set(hosts);
    this.#addresses = new AddressRule(hostname);
    // No limit on connections here: a slow host must not make other downloads wait.
    const options = { keepAlive: true, maxFreeSockets: 16, lookup: this.#addresses.lookup };
    this.#agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  }

  /**
   * The content of an artifact, as it arrives. Read it to its end, or leave it (`break`), which ends the download.
   *
   * @param answer of getLatestArtifact
   * @param name of the artifact, for errors
   * @returns undefined if storage has no such artifact any more
   * @throws TaskclusterError, also during reading: UntrustedArtifact, ArtifactTooLarge, DownloadTimedOut,
   *   MalformedArtifact; DownloadFailed, which may be worth a retry
   */
  async stream(
    answer: unknown,
    name: string,
    limits: DownloadLimits,
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    const url = this.#trustedUrl(answer, name);
    const signal = AbortSignal.timeout(limits.ms);
    const response = await this.#get(url, signal).catch((error: unknown) => {
      throw failure(name, signal, error);
    });
    const { statusCode = 0 } = response;
    if (statusCode === 200) return bounded(response, name, limits.bytes, signal);
    response.destroy();
    // The queue still lists the artifact, but it is gone from storage: treat it as absent.
    if (statusCode === 404 || statusCode === 403) return undefined;
    if (statusCode >= 300 && statusCode < 400) throw untrusted(name, 'its storage redirects elsewhere');
    throw downloadError('DownloadFailed', `downloading ${name} failed`, { statusCode });
  }

  /**
   * The content of a JSON artifact.
   * @throws OverBudgetError; TaskclusterError like `stream`; MalformedArtifact also if it is not JSON, or nested too
   *   deeply
   */
  async json(answer: unknown, name: string, limits: DownloadLimits): Promise<unknown> {
    const stream = await this.stream(answer, name, limits);
    if (!stream) return undefined;
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) {
      spendJson(chunk);
      chunks.push(chunk);
    }
    try {
      return parseJson(Buffer.concat(chunks).toString('utf8'));
    } catch (error) {
      const why = error instanceof TooDeepError ? error.message : 'it is not JSON';
      // No cause: a parser's error quotes what it could not parse.
      // oxlint-disable-next-line preserve-caught-error
      throw downloadError('MalformedArtifact', `${name}: ${why}`);
    }
  }

  #trustedUrl(answer: unknown, name: string): URL {
    const { storageType, url: named } = fields('getLatestArtifact', answer);
    const type = text('getLatestArtifact', storageType);
    const url = URL.parse(text('getLatestArtifact', named));
    if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && !this.#secure)))
      throw untrusted(name, 'its URL is not https');
    if (url.username || url.password) throw untrusted(name, 'its URL has credentials in it');
    if (!OWN_STORAGE.has(type) && !(type === 'reference' && this.#hosts.has(url.host))) {
      throw untrusted(name, 'it is stored outside of the deployment; only s3 and object are read');
    }
    return url;
  }

  async #get(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
    await this.#addresses.prepare(url.hostname);
    const { get } = url.protocol === 'https:' ? https : http;
    const agent = url.protocol === 'https:' ? this.#agents['https:'] : this.#agents['http:'];
    const headers = { 'accept-encoding': ENCODINGS };
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    get(url, { agent, headers, signal }, resolve)
      .on('error', reject)
      // Node reports neither an answer nor an error if a server switches to another protocol.
      .on('close', () => reject(new Error('the connection was closed before the answer')));
    return promise;
  }
}

async function* bounded(
  response: IncomingMessage,
  name: string,
  most: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  try {
    for await (const chunk of decoded(response, name)) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('expected bytes');
      bytes += chunk.length;
      if (bytes > most) {
        const problem = `${name} is larger than ${most} bytes`;
        throw downloadError('ArtifactTooLarge', problem);
      }
      yield chunk;
    }
  } catch (error) {
    throw failure(name, signal, error, response.complete);
  } finally {
    response.destroy();
  }
}

function decoded(response: IncomingMessage, name: string): Readable {
  const content = decompressed(response);
  if (!content) throw downloadError('MalformedArtifact', `${name} has an unknown compression`);
  return content;
}

/** @param complete the answer arrived completely, so the fault is in its content */
function failure(name: string, signal: AbortSignal, cause: unknown, complete = false): TaskclusterError {
  if (isTaskclusterError(cause)) return cause;
  if (cause instanceof ForbiddenAddressError)
    return untrusted(name, `its host has ${cause.message}, and the deployment has none`);
  if (signal.aborted)
    return downloadError('DownloadTimedOut', `downloading ${name} took too long`, {
      kind: 'no-answer',
      cause,
    });
  if (complete) return downloadError('MalformedArtifact', `${name} cannot be decompressed`);
  return downloadError('DownloadFailed', `downloading ${name} failed`, { kind: 'no-answer', cause });
}

/** The reason names the rule, and quotes nothing from the uploader. */
function untrusted(name: string, rule: string): TaskclusterError {
  return downloadError('UntrustedArtifact', `${name} is not trusted: ${rule}`);
}

/** By default, a retry would not help. */
function downloadError(
  code: string,
  message: string,
  outcome: { statusCode: number } | { kind: 'no-answer'; cause: unknown } | { kind: 'unexpected-answer' } = {
    kind: 'unexpected-answer',
  },
): TaskclusterError {
  return new TaskclusterError({ method: 'download', code, message, ...outcome });
}
