import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import imports from '../../.dependency-cruiser.mjs';

const text = readFileSync('docs/architecture.md', 'utf8');

/** What "everything below" stands for in the table. */
const BELOW = '`actions`, `taskcluster`, `graph`, `ports`, `tasks`, `platform`';

/** Each folder of functions/ in the table of layers, and what it imports. */
const rows = text.split('\n').flatMap((line) => {
  const [, folder, , imported = ''] = /^\| `(\w+)` +\|([^|]*)\|([^|]*)\|$/.exec(line) ?? [];
  return folder === undefined ? [] : [{ folder, imported: named(imported) }];
});

function named(imported: string): string[] {
  const names = imported.replace(/everything below|all below/, BELOW).matchAll(/`(\w+)`/g);
  return [...names].flatMap(([, name = '']) => name).toSorted();
}

describe('docs/architecture.md', () => {
  it('names every folder of functions/, and no other', () => {
    expect(rows.map(({ folder }) => folder).toSorted()).toEqual(readdirSync('functions').toSorted());
  });

  it.each(rows)('says what $folder imports, as `npm run check:imports` allows it', ({ folder, imported }) => {
    const rule = imports.forbidden.find(({ name }) => name === `functions/${folder}`);
    const allowed = [...(rule?.comment ?? '').matchAll(/functions\/(\w+)/g)].flatMap(([, name = '']) => name);
    expect(imported).toEqual(allowed.toSorted());
  });

  it('leads through files that exist', () => {
    const files = [...text.matchAll(/`([a-z-]+\/[a-z/-]+\.ts)`/g)].flatMap(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => !existsSync(`functions/${file}`))).toEqual([]);
    // A name without its folder could be any file.
    expect(text.match(/`[a-z-]+\.ts`/g)).toBeNull();
  });
});
