import { jsonBytes } from '../platform/json.ts';

interface Entry<T> {
  value: T;
  bytes: number;
  /** ms since the epoch */
  until: number;
}

/**
 * A least-recently-used cache bounded by bytes (of JSON, unless the caller counts otherwise; in memory, about twice as
 * much), whose entries expire.
 */
export class LruCache<T> {
  readonly #limit: number;
  readonly #now: () => number;
  readonly #bytesOf: (value: T) => number;
  readonly #entries = new Map<string, Entry<T>>();
  #bytes = 0;

  /**
   * @param limit of all values, in bytes
   * @param now ms since the epoch
   */
  constructor(limit: number, now: () => number = Date.now, bytesOf: (value: T) => number = jsonBytes) {
    this.#limit = limit;
    this.#now = now;
    this.#bytesOf = bytesOf;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#remove(key);
    if (entry.until <= this.#now()) return undefined;
    this.#add(key, entry);
    return entry.value;
  }

  /** @param until when the value expires, ms since the epoch */
  set(key: string, value: T, until: number): void {
    this.#remove(key);
    const bytes = this.#bytesOf(value);
    if (bytes > this.#limit) return;
    this.#add(key, { value, bytes, until });
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#limit) break;
      this.#remove(oldest);
    }
  }

  #add(key: string, entry: Entry<T>): void {
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
  }

  #remove(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}
