import type { Way } from '../measure.ts';
import type { Cell } from './cells.ts';
import type { Trouble } from './troubles.ts';

/** Many cells: one trouble at each call of a scenario. */
interface Column {
  trouble: Trouble;
  cells: Cell[];
}

export interface Row {
  scenario: string;
  way: Way;
  /** Number of calls at which something can fail. */
  places: number;
  columns: Column[];
}

/**
 * The table in Markdown. Each three numbers count the calls at which everything was done, everything was forwarded, or
 * the developer was told the truth about the rest.
 */
export function tableOf(rows: readonly Row[], troubles: readonly Trouble[]): string {
  const head = ['what', 'way', 'calls', ...troubles.map(({ name }) => name)];
  const lines = rows.map(({ scenario, way, places, columns }) => [
    scenario,
    way,
    String(places),
    ...troubles.map(({ name }) => summary(columns.find(({ trouble }) => trouble.name === name)?.cells ?? [])),
  ]);
  const widths = head.map((name, column) =>
    Math.max(3, name.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const padded = (line: readonly string[]) =>
    `| ${line.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [padded(head), padded(widths.map((width) => '-'.repeat(width))), ...lines.map(padded)].join('\n');
}

function summary(cells: readonly Cell[]): string {
  const reached = cells.filter((cell) => cell.reached);
  const count = (wanted: Cell['verdict']) => reached.filter(({ verdict }) => verdict === wanted).length;
  const counts = [count('done'), count('forwarded'), count('told')].join('/');
  return count('wrong') > 0 ? `${counts} WRONG ${count('wrong')}` : counts;
}
