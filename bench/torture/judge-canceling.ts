import type { Found, Told } from './findings.ts';

/** What of a cancellation is there and was not asked for. */
export function excessOfCanceling(canceled: readonly string[], wanted: readonly string[]): string[] {
  return canceled
    .filter((taskId) => !wanted.includes(taskId))
    .map((taskId) => `${taskId} was canceled, and nobody wanted that`);
}

/** What was said of a cancellation and is not so, and what still runs and was not said. */
export function untruthsOfCanceling(
  { canceled, fullActions }: Found,
  { success, status, text }: Told,
  wanted: readonly string[],
): string[] {
  if (wanted.length === 0) return [];
  const problems: string[] = [];
  const still = wanted.filter((taskId) => !canceled.includes(taskId));
  const [, number] = /(\d+) (?:tasks? w(?:as|ere) )?canceled[,.]/.exec(text) ?? [];
  const { not, perhaps } = namesIn(text);
  if (number !== undefined && Number(number) > canceled.length)
    problems.push(`${number} canceled, it was said, and it was ${canceled.length}`);
  if (number !== undefined && Number(number) + perhaps.length < canceled.length)
    problems.push(`only ${number} canceled, it was said, and it was ${canceled.length}`);
  for (const taskId of not)
    if (canceled.includes(taskId)) problems.push(`${taskId} was canceled, though it was said not to be`);
  if (canceled.length > 0 && text.includes('Nothing was canceled'))
    problems.push('"Nothing was canceled", and it was');
  if (still.length > 0 && /nothing to cancel/i.test(text) && fullActions.length === 0)
    problems.push('"nothing to cancel", and there is');
  if (success || canceled.length === 0) return problems;
  if (Number(status) >= 500) problems.push('a 5xx after a write: nobody was told what was canceled');
  // A function that was busy beyond its time can say no more than this.
  if (text.includes('it is not known what was done')) return problems;
  for (const taskId of still)
    if (!not.includes(taskId) && !perhaps.includes(taskId))
      problems.push(`nobody was told that ${taskId} was not canceled`);
  return problems;
}

/** The tasks that were said not to be canceled, and those of which it was said that nobody knows. */
function namesIn(text: string): { not: string[]; perhaps: string[] } {
  const names = { not: [] as string[], perhaps: [] as string[] };
  let section: keyof typeof names | undefined;
  for (const line of text.split('\n')) {
    // An answer has sections, the log a line for each task.
    const [, result, logged] = /\] (refused|unknown)  .*\/tasks\/([\w-]{22})/.exec(line) ?? [];
    const [, listed] = /^- .*?(?<![\w-])([\w-]{22})(?![\w-])/.exec(line) ?? [];
    if (logged !== undefined) names[result === 'refused' ? 'not' : 'perhaps'].push(logged);
    else if (listed === undefined) section = sectionOf(line);
    else if (section) names[section].push(listed);
  }
  return names;
}

function sectionOf(line: string): 'not' | 'perhaps' | undefined {
  if (line.startsWith('Taskcluster did not say')) return 'perhaps';
  return /^(Nothing was|These were not) canceled:/.test(line) ? 'not' : undefined;
}
