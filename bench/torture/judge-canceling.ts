import type { Found, Told } from './findings.ts';

/** Cancellations that nobody requested. */
export function excessOfCanceling(canceled: readonly string[], wanted: readonly string[]): string[] {
  return canceled
    .filter((taskId) => !wanted.includes(taskId))
    .map((taskId) => `${taskId} was canceled, and nobody wanted that`);
}

/** False statements about a cancellation, and tasks that still run without being mentioned. */
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
  if (canceled.length > 0 && /Nothing was (canceled|done)/.test(text))
    problems.push('"Nothing was canceled" or "done", and it was');
  if (still.length > 0 && /nothing to cancel/i.test(text) && fullActions.length === 0)
    problems.push('"nothing to cancel", and there is');
  if (success || canceled.length === 0) return problems;
  if (Number(status) >= 500) problems.push('a 5xx after a write: nobody was told what was canceled');
  // A function that runs out of time can only say this.
  if (text.includes('it is not known what was done')) return problems;
  for (const taskId of still)
    if (!not.includes(taskId) && !perhaps.includes(taskId))
      problems.push(`nobody was told that ${taskId} was not canceled`);
  return problems;
}

/** The tasks reported as not canceled, and those reported as unknown. */
function namesIn(text: string): { not: string[]; perhaps: string[] } {
  const names = { not: [] as string[], perhaps: [] as string[] };
  let section: keyof typeof names | undefined;
  for (const line of text.split('\n')) {
    // An answer has sections; the log has a line for each task.
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
