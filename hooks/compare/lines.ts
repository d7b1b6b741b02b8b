import { styleText } from 'node:util';
import { bounded, TEXT_LIMITS } from '../../functions/platform/bounded-text.ts';

export type Style = 'add' | 'remove' | 'change' | 'plain' | 'heading' | 'problem';

/** One line of the readable difference. */
export interface Line {
  style: Style;
  text: string;
}

const COLOURS = {
  add: 'green',
  remove: 'red',
  change: 'yellow',
  plain: 'dim',
  heading: 'bold',
  problem: 'red',
} as const;

/**
 * Lines as text, coloured if the stream is a terminal and NO_COLOR is not set. Hooks and roles contain what others wrote,
 * so a terminal gets no control characters.
 */
export function paint(lines: Line[], stream: NodeJS.WritableStream): string {
  return lines
    .map(({ style, text }) => styleText(COLOURS[style], bounded(text, TEXT_LIMITS.message), { stream }))
    .join('\n');
}

/** `1 hook`, `3 hooks`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
