/** Below this many steps, a bar would only flicker. */
const MIN_STEPS = 20;
const WIDTH = 30;

/** A progress bar, if the stream is a terminal and there are enough steps. Call it with the number done so far. */
export function progressBar(
  total: number,
  stream: NodeJS.WritableStream & { isTTY?: boolean },
): (done: number) => void {
  if (!stream.isTTY || total < MIN_STEPS) return () => undefined;
  return (done) => {
    const filled = Math.round((WIDTH * done) / total);
    stream.write(
      `\r[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done}/${total}${done === total ? '\n' : ''}`,
    );
  };
}
