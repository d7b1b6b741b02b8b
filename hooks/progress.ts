/** Below this many steps, a bar would only flicker. */
const MIN_STEPS = 20;
const WIDTH = 30;

/**
 * Draws a progress bar, such as `Writing hooks [##........] 60/300`.
 * @returns call it with the number done so far; undefined if there are too few steps, or the stream is no terminal
 */
export function progressBar(
  what: string,
  total: number,
  stream: NodeJS.WritableStream & { isTTY?: boolean },
): ((done: number) => void) | undefined {
  if (!stream.isTTY || total < MIN_STEPS) return undefined;
  const draw = (done: number) => {
    const filled = Math.round((WIDTH * done) / total);
    const bar = '#'.repeat(filled) + '.'.repeat(WIDTH - filled);
    stream.write(`\r${what} [${bar}] ${done}/${total}${done === total ? '\n' : ''}`);
  };
  draw(0);
  return draw;
}
