/** The order in which a test runs with mutants, and what counts as noticed. */

/** Yields the mutant to run the test with, or undefined for none; receives whether the test passed. */
export type Trials = Generator<string | undefined, void, boolean>;

interface Around {
  /** What the last run without a mutant reached. */
  look: () => ReadonlySet<string>;
  isAlive: (mutant: string) => boolean;
  /** Only the first run reaches it: a module was loaded, or something is cached. */
  onLoaded: (mutant: string) => void;
  onPassed: (mutant: string) => void;
  onKilled: (mutant: string) => void;
}

/**
 * A mutant is noticed if the test fails with it, then passes without it, and then fails with it again: a test that
 * cannot be repeated, a busy machine or effects of another mutant must not count.
 */
export function* trials({ look, isAlive, onLoaded, onPassed, onKilled }: Around): Trials {
  if (!(yield undefined)) return;
  const first = look();
  const goOn = yield undefined;
  const again = look();
  for (const mutant of first) if (!again.has(mutant)) onLoaded(mutant);
  for (const mutant of again) onPassed(mutant);
  if (!goOn) return;
  for (const mutant of again) {
    if (!isAlive(mutant) || (yield mutant)) continue;
    if (!(yield undefined)) return;
    look();
    if (!(yield mutant)) onKilled(mutant);
  }
}
