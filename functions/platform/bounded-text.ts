/**
 * How many characters of foreign text are shown at once. Whoever pushes chooses labels, routes and names, a user
 * chooses the payload, and a service's error may quote either. All code that shows such text cuts it here first.
 * docs/security.md lists these limits.
 */
export const TEXT_LIMITS = {
  /** A label or a taskId; the queue accepts names of up to 255 characters. */
  name: 255,
  /** Why one item was refused, or an action forwarded. */
  reason: 1_000,
  /** One list in an answer: what was refused, or what does run. */
  list: 3_000,
  /** The whole message of an answer. */
  message: 8_000,
  /** An error answer repeats the request if it is no longer than this. */
  echo: 4_000,
  /** One field of a log record; one line of an action task's log. */
  logField: 4_000,
} as const;

/** Control characters that terminals and log viewers would act on. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** The text without control characters; if it is too long, its beginning and how much is left out. */
export function bounded(text: string, most: number): string {
  if (text.length <= most) return text.replaceAll(CONTROL, '\ufffd');
  // Do not cut between the two halves of a character.
  const end = isHighSurrogate(text.charCodeAt(most - 1)) ? most - 1 : most;
  const shown = text.slice(0, end).replaceAll(CONTROL, '\ufffd');
  return `${shown} … (${text.length - end} characters more)`;
}

/** As many of these lines as the limit allows, but at least one, and how many more there are. */
export function boundedList(lines: readonly string[], most: number = TEXT_LIMITS.list): string {
  const shown: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (shown.length > 0 && length > most) break;
    shown.push(bounded(line, most));
  }
  const left = lines.length - shown.length;
  return [...shown, ...(left > 0 ? [`… and ${left} more`] : [])].join('\n');
}

/** The text on one line, cut to a limit. */
export function oneLine(text: string, most: number): string {
  const parts = bounded(text, most)
    .split('\n')
    .map((part) => part.trim());
  return parts.filter((part) => part !== '').join(' ');
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
