import { access, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const text = await readFile('docs/security.md', 'utf8');
/** `file` and `code in it`, from the rows of the limits. */
const bounds = [...text.matchAll(/\| `([\w./-]+\.(?:ts|yml))` `([^`]+)`/g)].map(
  ([, file = '', code = '']) => [file, code],
);

describe('docs/security.md', () => {
  it.each(bounds)('quotes a limit as it is in %s: %s', async (file, code) => {
    const lines = (await readFile(file, 'utf8')).split('\n');
    expect(lines.some((line) => holds(line, code))).toBe(true);
  });

  it('has all the limits of text, of reading and of writing', async () => {
    for (const file of ['platform/bounded-text.ts', 'platform/reading-budget.ts', 'actions/plan.ts']) {
      const source = await readFile(`functions/${file}`, 'utf8');
      const declared = source.slice(source.indexOf('_LIMITS = {'), source.indexOf('} as const'));
      const written = [...declared.matchAll(/^ +(\w+: [\d_* ]+),$/gm)].map(([, code = '']) => code);
      const documented = bounds.filter(([name]) => name === `functions/${file}`).map(([, code]) => code);
      expect(new Set(documented)).toStrictEqual(new Set(written));
      expect(written.length).toBeGreaterThan(1);
    }
  });

  it('names tests that exist', async () => {
    const tests = [...text.matchAll(/`(test\/[^`]+\.test\.ts)`/g)].map(([, file = '']) => file);
    expect(tests.length).toBeGreaterThan(15);
    await expect(Promise.all(tests.map((file) => access(file)))).resolves.toHaveLength(tests.length);
  });
});

/** Whether a line contains this, and not as the start of a longer number. */
function holds(line: string, code: string): boolean {
  const at = line.indexOf(code);
  return at >= 0 && !/[\d_]/.test(line[at + code.length] ?? '');
}
