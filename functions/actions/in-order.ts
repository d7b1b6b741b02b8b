import type { TaskId } from '../tasks/names.ts';

/** Something to do after others of its kind. */
interface Ordered {
  newTaskId: TaskId;
  /** newTaskIds of those that must come first. */
  after: readonly TaskId[];
}

/**
 * Performs each item when all the items before it are done, with as much concurrency as that allows. Items that come
 * after one that was not done, directly or indirectly, are skipped.
 *
 * @param items in an order in which each comes after those in its `after`
 * @param perform never rejects
 * @param whyStop why the items after this one must be skipped; undefined if they may start
 * @param skip returns the outcome of a skipped item
 */
export function inOrder<T extends Ordered, R>(
  items: readonly T[],
  perform: (item: T) => Promise<R>,
  whyStop: (item: T, result: R) => string | undefined,
  skip: (item: T, reason: string) => R,
): Promise<R[]> {
  const stops = new Map<TaskId, Promise<string | undefined>>();
  return Promise.all(
    items.map((item) => {
      const before = item.after.flatMap((newTaskId) => stops.get(newTaskId) ?? []);
      const doing = Promise.all(before).then(async (reasons) => {
        const reason = reasons.find((one) => one !== undefined);
        if (reason !== undefined) return { result: skip(item, reason), stop: reason };
        const result = await perform(item);
        return { result, stop: whyStop(item, result) };
      });
      const stop = doing.then((done) => done.stop);
      // Nobody may be waiting for this; a failure is reported by the returned value.
      stop.catch(() => undefined);
      stops.set(item.newTaskId, stop);
      return doing.then(({ result }) => result);
    }),
  );
}
