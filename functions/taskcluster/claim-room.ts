/** Up to this size a claimed task takes no room: 32 of them always fit. Firefox's take a tenth of it. */
const SMALL_BYTES = 1024 * 1024;
/** For all larger tasks that a process has claimed. */
const ROOM_BYTES = 64 * 1024 * 1024;

/** Memory for the large claimed tasks of a process. */
export class ClaimRoom {
  #left = ROOM_BYTES;
  #waiting: { bytes: number; resolve: () => void }[] = [];

  /** @returns a function that gives the room back; undefined if there is not enough */
  take(bytes: number): (() => void) | undefined {
    if (bytes <= SMALL_BYTES) return () => {};
    if (bytes > this.#left) return undefined;
    this.#left -= bytes;
    let taken = bytes;
    return () => {
      this.#left += taken;
      taken = 0;
      const fits = Map.groupBy(this.#waiting, (one) => one.bytes <= this.#left);
      this.#waiting = fits.get(false) ?? [];
      for (const { resolve } of fits.get(true) ?? []) resolve();
    };
  }

  /** Resolves as soon as this much has been given back. Takes nothing. */
  untilFree(bytes: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, resolve });
    return promise;
  }
}
