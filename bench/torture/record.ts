import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const DOCUMENT = 'docs/reliability.md';
const [BEGIN, END] = ['<!-- torture: begin -->', '<!-- torture: end -->'];

/**
 * Writes the table into the document, between its markers, each row with the day and the commit of its run. Rows of
 * other scenarios and ways stay unchanged, so that a long run can be split.
 */
export async function record(table: string): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  const [before, rest = ''] = text.split(BEGIN);
  const [known = '', after] = rest.split(END);
  if (before === undefined || after === undefined) throw new Error(`${DOCUMENT} has no markers`);
  const { stdout } = await promisify(execFile)('git', ['rev-parse', '--short', 'HEAD']);
  const source = `${new Date().toISOString().slice(0, 10)}, ${stdout.trim()}`;
  const [head = '', rule = '', ...fresh] = table.split('\n');
  const rows = new Map(
    known
      .split('\n')
      .slice(4)
      .flatMap((line) => entryOf(line)),
  );
  for (const line of fresh) for (const [key] of entryOf(line)) rows.set(key, `${line} ${source} |`);
  const lines = [`${head} date, commit |`, `${rule} --- |`, ...rows.values()];
  await writeFile(
    DOCUMENT,
    `${before}${BEGIN}\n\n\`npm run torture -- ${process.argv.slice(2).join(' ')}\`\n\n${lines.join('\n')}\n\n${END}${after}`,
  );
}

/** The key (scenario and way) and the row. */
function entryOf(line: string): [key: string, line: string][] {
  const [, scenario, way] = line.split('|').map((cell) => cell.trim());
  return scenario && way && !scenario.startsWith('-') && scenario !== 'what'
    ? [[`${scenario} ${way}`, line]]
    : [];
}
