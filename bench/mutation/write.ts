import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import type { Break } from './breaks.ts';
import { percent, scoreOf, type Result } from './results.ts';
import { ROOT } from './tests.ts';

const FILE = `${ROOT}docs/reliability.md`;
const FIGURES = ['<!-- mutation: begin (npm run mutate -- --write) -->', '<!-- mutation: end -->'] as const;
const NAMED = ['<!-- breaks: begin (npm run mutate -- --named --write) -->', '<!-- breaks: end -->'] as const;

/** Writes the figures into docs/reliability.md. */
export async function writeReliability(
  results: readonly Result[],
  floors: Readonly<Record<string, number>>,
): Promise<void> {
  await put(FIGURES, table(results, floors));
}

/** Writes what was broken, and the tests that noticed it. */
export async function writeBreaks(breaks: readonly Break[]): Promise<void> {
  const rows = [
    ['broken', 'where', 'the test that fails'],
    ['---', '---', '---'],
    ...breaks.map(({ what, file, test, name }) => [what, `\`${file}\``, `\`${test}\`: ${name}`]),
  ];
  const lines = rows.map((row) => `| ${row.join(' | ')} |`);
  await put(NAMED, [`${stamp()}, \`npm run mutate -- --named\`:`, '', ...lines].join('\n'));
}

async function put([begin, end]: readonly [string, string], content: string): Promise<void> {
  const text = await readFile(FILE, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < 0) throw new Error(`${FILE} has no place for the figures`);
  await writeFile(FILE, `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`);
}

function table(results: readonly Result[], floors: Readonly<Record<string, number>>): string {
  const rows = Object.entries(floors).flatMap(([prefix, floor]) => {
    const score = scoreOf(results.filter(({ file }) => file.startsWith(prefix)));
    if (score.all === 0) return [];
    const alive = score.all - score.killed;
    return [
      [
        `\`${prefix}\``,
        String(score.all),
        percent(score),
        `${floor} %`,
        String(alive),
        String(score.explained),
      ],
    ];
  });
  const cells = [
    ['', 'mutants', 'noticed', 'wanted', 'alive', 'explained in the code'],
    ['---', '---', '---', '---', '---', '---'],
    ...rows,
  ];
  return `${stamp()}, \`npm run mutate\`:\n\n${cells.map((row) => `| ${row.join(' | ')} |`).join('\n')}`;
}

function stamp(): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' });
  return `${new Date().toISOString().slice(0, 10)}, commit ${commit.trim()}`;
}
