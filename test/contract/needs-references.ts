import { existsSync } from 'node:fs';
import { RECORDED } from '../support/recorded.ts';
import { referencesPath } from './references.ts';

/** Fails once if the reference material is missing, instead of in every contract test. */
export function setup(): void {
  const missing = [referencesPath(), RECORDED.pathname].filter((path) => !existsSync(path));
  if (missing.length === 0) return;
  process.stderr.write(
    `The contract tests need the reference material next to the project; there is no ${missing.join(' and no ')}.\n`,
  );
  process.exit(1);
}
