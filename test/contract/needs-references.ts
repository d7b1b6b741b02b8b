import { existsSync } from 'node:fs';
import { RECORDED } from '../support/recorded.ts';
import { referencesPath } from './references.ts';

/** Without the reference material every contract test would fail with an error of its own. */
export function setup(): void {
  const missing = [referencesPath(), RECORDED.pathname].filter((path) => !existsSync(path));
  if (missing.length === 0) return;
  process.stderr.write(
    `The contract tests need the reference material beside the project; there is no ${missing.join(' and no ')}.\n`,
  );
  process.exit(1);
}
