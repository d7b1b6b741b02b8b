import type { TaskId } from '../tasks/names.ts';

/** Something to do once others of its kind have been done. */
interface Ordered {
  newTaskId: TaskId;
  /** newTaskIds of those that come first. */
  after: readonly TaskId[];
}

/**
 * Does each item once all that it comes after have been done, as many at a time as that allows. What comes after one
 * that was not done is not begun, and neither is what comes after that.
 *
 * @param items each after those that it comes after
 * @param perform never rejects
 * @param whyStop why what comes after an item is not to be begun; undefined if it may be
 * @param skip gives the outcome of an item that is not begun
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
      // Nothing may come after it; the returned value reports a failure.
      stop.catch(() => undefined);
      stops.set(item.newTaskId, stop);
      return doing.then(({ result }) => result);
    }),
  );
}
