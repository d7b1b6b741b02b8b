import { goesOn, pauseBefore } from '../../functions/taskcluster/retry.ts';
import { RETRY, ServiceError } from '../read/service.ts';

/**
 * Tries a write until it succeeds, and looks at the service before every try. The services have no conditional write, so
 * a blind retry could overwrite what someone else wrote since the first try.
 * @param look returns the write, or undefined if there is nothing to do; throws if the write must not be made
 * @returns whether something was written
 */
export async function lookThenWrite(
  look: () => Promise<(() => Promise<void>) | undefined>,
): Promise<boolean> {
  let failed: ServiceError | undefined;
  for (let tries = 1; ; tries++) {
    let write: (() => Promise<void>) | undefined;
    try {
      write = await look();
    } catch (error) {
      // The failed write may have been performed. That tells more than that nobody could look.
      throw failed !== undefined && error instanceof ServiceError ? failed : error;
    }
    // After a failed try, nothing to do means that it was performed after all.
    if (write === undefined) return failed !== undefined;
    try {
      await write();
      return true;
    } catch (error) {
      if (!(error instanceof ServiceError) || !goesOn(error.cause, tries, RETRY)) throw error;
      failed = error;
      await pauseBefore(tries + 1, RETRY);
    }
  }
}
