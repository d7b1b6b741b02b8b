import { logLine, type LogSink } from '../platform/log.ts';

/**
 * Writes the log to standard output (errors: to standard error). If that fails because a disk is full or the reader is
 * gone, work continues, and lines are written again as soon as possible.
 */
export class Output {
  linesLost = 0;
  /** Called when the first line is lost. */
  onLost: (reason: string) => void = () => undefined;
  readonly #failing = new Set<NodeJS.WriteStream>();

  constructor() {
    // Without a listener, the first failed write would end the process. write's callback handles the error.
    process.stdout.on('error', () => undefined);
    process.stderr.on('error', () => undefined);
  }

  /** Whether the last line could be written, to either stream. */
  get works(): boolean {
    return this.#failing.size === 0;
  }

  /** @param service the function that logs the lines: the functions in one process share the stream */
  sink(service: string): LogSink {
    return (level, record) => {
      const stream = level === 'error' ? process.stderr : process.stdout;
      stream.write(logLine(level, { service, ...record }), (error) => {
        if (error) this.#lost(stream, error);
        else this.#failing.delete(stream);
      });
    };
  }

  #lost(stream: NodeJS.WriteStream, { message }: Error): void {
    this.linesLost++;
    if (this.#failing.has(stream)) return;
    this.#failing.add(stream);
    this.onLost(message);
  }
}
