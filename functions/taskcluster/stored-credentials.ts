import { readFile } from 'node:fs/promises';
import type { Credentials, SsmCredentials, StoredCredentials } from '../platform/credentials.ts';
import type { CredentialsSource } from './credentials.ts';
import { callAws } from './aws.ts';
import type { Log } from '../platform/log.ts';
import { isObject } from '../tasks/shapes.ts';

/** A changed token is used after at most this time, even if Taskcluster still accepts the old one. */
const KEEP_MS = 5 * 60 * 1000;
/** If the stored token is the refused one, reading it more often does not help. */
const LOOK_AGAIN_MS = 10_000;

/**
 * @param given fixed credentials, as in local runs, or where they are stored
 * @param now ms since the epoch
 */
export function credentialsSource(
  given: Credentials | StoredCredentials,
  log: Log,
  now: () => number = Date.now,
): CredentialsSource {
  if ('accessTokenParameter' in given)
    return new RereadCredentials(given.clientId, () => readParameter(given), log, now);
  if ('accessTokenFile' in given)
    return new RereadCredentials(given.clientId, () => readTokenFile(given.accessTokenFile), log, now);
  log.hide(given.accessToken);
  return { current: () => Promise.resolve(given), renewed: () => Promise.resolve(undefined) };
}

/** Reads the token when it is first needed, again after five minutes, and at once when Taskcluster refuses it. */
class RereadCredentials implements CredentialsSource {
  readonly #clientId: string;
  readonly #readToken: () => Promise<string>;
  readonly #log: Log;
  readonly #now: () => number;
  #known: Credentials | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #inVainAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<Credentials> | undefined;

  constructor(clientId: string, readToken: () => Promise<string>, log: Log, now: () => number) {
    this.#clientId = clientId;
    this.#readToken = readToken;
    this.#log = log;
    this.#now = now;
  }

  async current(): Promise<Credentials> {
    if (this.#known && this.#now() - this.#readAt < KEEP_MS) return this.#known;
    try {
      return await this.#read();
    } catch (error) {
      // The token of five minutes ago is better than none.
      if (!this.#known) throw error;
      this.#log.unexpected(error);
      this.#readAt = this.#now();
      return this.#known;
    }
  }

  async renewed(refused: Credentials): Promise<Credentials | undefined> {
    if (this.#known !== refused) return this.#known;
    if (this.#now() - this.#inVainAt < LOOK_AGAIN_MS) return undefined;
    let stored: Credentials;
    try {
      stored = await this.#read();
    } catch (error) {
      // The caller then gets Taskcluster's refusal, which says that the call did nothing.
      this.#log.unexpected(error);
      return undefined;
    }
    this.#log.event('credentials-renewed', { changed: stored === refused ? 'no' : 'yes' });
    if (stored !== refused) return stored;
    this.#inVainAt = this.#now();
    return undefined;
  }

  /** Concurrent callers share one read. */
  #read(): Promise<Credentials> {
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readNow(): Promise<Credentials> {
    const accessToken = await this.#readToken();
    this.#log.hide(accessToken);
    this.#readAt = this.#now();
    // Return the same object for the same token: clients compare it to see whether anything changed.
    if (this.#known?.accessToken === accessToken) return this.#known;
    this.#known = { clientId: this.#clientId, accessToken };
    return this.#known;
  }
}

async function readParameter({ accessTokenParameter, ssmEndpoint }: SsmCredentials): Promise<string> {
  const answer = await callAws({
    service: 'ssm',
    endpoint: ssmEndpoint,
    path: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonSSM.GetParameter',
    },
    body: JSON.stringify({ Name: accessTokenParameter, WithDecryption: true }),
  });
  return readValue(answer, accessTokenParameter);
}

async function readTokenFile(file: string): Promise<string> {
  const token = (await readFile(file, 'utf8')).trim();
  if (token === '') throw new Error(`there is no access token in ${file}`);
  return token;
}

function readValue(answer: string, name: string): string {
  const document = parse(answer);
  const parameter = isObject(document) ? document['Parameter'] : undefined;
  const value = isObject(parameter) ? parameter['Value'] : undefined;
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new Error(`the SSM parameter ${name} has no value`);
}

/** A parser's own error would quote what it could not parse. */
function parse(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}
