import { logLine, type LogSink } from '../platform/log.ts';

/**
 * The log on standard output (errors: standard error), which may fail: a disk is full, a reader has gone. Work goes on
 * then, and lines are written again as soon as that is possible.
 */
export class Output {
  linesLost = 0;
  /** Called when lines begin to be lost. */
  onLost: (reason: string) => void = () => undefined;
  readonly #failing = new Set<NodeJS.WriteStream>();

  constructor() {
    // Without a listener the first failed write would end the process; write's own callback tells more.
    process.stdout.on('error', () => undefined);
    process.stderr.on('error', () => undefined);
  }

  /** Whether the last line could be written, to either stream. */
  get works(): boolean {
    return this.#failing.size === 0;
  }

  /** @param service the function whose lines these are: in one process they share the stream */
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
