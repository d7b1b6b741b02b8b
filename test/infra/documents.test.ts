import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents } from '../support/documents.ts';

const scripts = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).scripts);

const pages = await documents();

describe.each(pages)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  it('link to pages and headings that exist', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
      ([, link = '', source = '']) => link || source,
    );
    const dead = links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(page, link));
    expect(dead).toEqual([]);
  });

  it('name files that exist', () => {
    // Decisions and the changelog describe the state of their time.
    if (page.startsWith('docs/adr/') || page === 'CHANGELOG.md') return;
    const paths = [...text.matchAll(/`((?:functions|hooks|infra|local|bench|cli|test)\/[\w./-]+)`/g)];
    const missing = paths.flatMap(([, path = '']) => (existsSync(path) ? [] : [path]));
    expect(missing).toEqual([]);
  });

  it('name npm scripts that exist', () => {
    const named = [...text.matchAll(/npm run ([a-z:]+)/g)].flatMap(([, script = '']) => script);
    expect(named.filter((script) => !scripts.includes(script))).toEqual([]);
  });
});

describe('CONTRIBUTING.md', () => {
  it('list every script of package.json in a table', () => {
    const commands = readFileSync('CONTRIBUTING.md', 'utf8')
      .split('\n')
      .flatMap((line) => /^\| `(?:npm (?:run )?)?([a-z:]+)`/.exec(line)?.[1] ?? []);
    expect(commands.toSorted()).toEqual(scripts.toSorted());
  });
});

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', heading] = link.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(file)) return false;
  return heading === undefined || headingsOf(file).includes(heading);
}

/** Derives anchors from headings as GitHub does. */
function headingsOf(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    );
}
