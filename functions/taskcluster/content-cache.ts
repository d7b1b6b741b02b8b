import { isTaskclusterError } from '../ports/error.ts';
import type { ArtifactContent } from '../ports/reader.ts';
import { beforeDeadline } from '../platform/deadline.ts';
import { jsonBytes } from '../platform/json.ts';
import { LruCache } from './lru-cache.ts';

/** Storage can still be written for a while after a task has completed, so every value expires. */
const REMEMBER_MS = 60 * 60 * 1000;

export interface Reading<T> {
  value: T;
  /** Whether the content can no longer change, so that the value can be shared. */
  final: boolean;
}

/**
 * Caches what was made from the contents of artifacts, for all actions of this process. A caller has already asked the
 * queue for the artifact with its own credentials and got its address; the cache holds what it would find there. Each
 * content is read once at a time, however many callers wait for it.
 */
export class ContentCache<T> {
  readonly #values: LruCache<T>;
  readonly #underWay = new Map<string, Promise<Reading<T>>>();
  readonly #now: () => number;

  /**
   * @param limit of all values, in bytes
   * @param bytesOf a value
   * @param now ms since the epoch
   */
  constructor(limit: number, bytesOf: (value: T) => number = jsonBytes, now: () => number = Date.now) {
    this.#values = new LruCache(limit, now, bytesOf);
    this.#now = now;
  }

  /**
   * @param read makes the value from the content
   * @throws whatever `read` throws
   */
  async get(content: ArtifactContent, read: () => Promise<T>): Promise<Reading<T>> {
    const { address } = content;
    if (address === undefined) return { value: await read(), final: false };
    const known = this.#values.get(address);
    if (known !== undefined) return { value: known, final: true };
    const other = this.#underWay.get(address);
    if (other) {
      // The other may have more time than this caller.
      const shared = await beforeDeadline(other.catch(ofTheContent));
      if (shared?.final) return shared;
      return { value: await read(), final: false };
    }
    const reading = this.#read(address, content, read);
    this.#underWay.set(address, reading);
    try {
      return await reading;
    } finally {
      this.#underWay.delete(address);
    }
  }

  async #read(address: string, content: ArtifactContent, read: () => Promise<T>): Promise<Reading<T>> {
    const [value, final] = await Promise.all([read(), content.isFinal()]);
    if (final && value !== undefined) this.#values.set(address, value, this.#now() + REMEMBER_MS);
    return { value, final };
  }
}

/** An error in the content is the same for all who wait; any other failure concerns only the one who read it. */
function ofTheContent(error: unknown): undefined {
  if (isTaskclusterError(error) && error.kind === 'unexpected-answer') throw error;
}
