import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { percent, scoreOf, type Result } from './results.ts';
import { ROOT } from './tests.ts';

const FILE = `${ROOT}docs/reliability.md`;
const [BEGIN, END] = ['<!-- mutation: begin (npm run mutate -- --write) -->', '<!-- mutation: end -->'];

/** Puts the figures in their place in docs/reliability.md. */
export async function writeReliability(
  results: readonly Result[],
  floors: Readonly<Record<string, number>>,
): Promise<void> {
  const text = await readFile(FILE, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < 0) throw new Error(`${FILE} has no place for the figures`);
  await writeFile(
    FILE,
    `${text.slice(0, from + BEGIN.length)}\n\n${table(results, floors)}\n\n${text.slice(to)}`,
  );
}

function table(results: readonly Result[], floors: Readonly<Record<string, number>>): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).trim();
  const date = new Date().toISOString().slice(0, 10);
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
    ['', 'mutants', 'noticed', 'wanted', 'alive', 'of which explained beside the code'],
    ['---', '---', '---', '---', '---', '---'],
    ...rows,
  ];
  return `${date}, commit ${commit}, \`npm run mutate\`:\n\n${cells.map((row) => `| ${row.join(' | ')} |`).join('\n')}`;
}
