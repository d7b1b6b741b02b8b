/**
 * A process with one bundled function in it and nothing else, so that its memory and event loop are the function's own.
 * Arguments: `trigger` or `worker`. Talks to its parent by messages: `{poll: ms}` runs the worker once, `{stats: true}`
 * is answered with {@link HostStats}.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Context } from 'aws-lambda';
import { startGateway, type Handler } from '../test/support/gateway.ts';
import type { WorkerEvent } from '../functions/worker/handler.ts';
import { lambdaContext } from '../test/support/lambda-context.ts';
import { peakRssMb } from './peak-rss.ts';

export interface HostStats {
  /** MB (10^6 bytes), the highest so far. */
  peakRssMb: number;
  /** The longest that the event loop was busy without a break since the last question, ms. */
  eventLoopMs: number;
}

const [name = ''] = process.argv.slice(2);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const bundle: { handler: unknown } = await import(`../dist/${name}/handler.mjs`);
const { handler } = bundle;

function isTrigger(candidate: unknown): candidate is Handler {
  return name === 'trigger' && typeof candidate === 'function';
}

function isWorker(
  candidate: unknown,
): candidate is (event: WorkerEvent, context: Context) => Promise<unknown> {
  return name === 'worker' && typeof candidate === 'function';
}

process.on('message', (message: { stats?: true; poll?: number }) => {
  if (message.stats) {
    const stats: HostStats = {
      peakRssMb: peakRssMb(),
      eventLoopMs: delay.max / 1e6,
    };
    delay.reset();
    process.send?.(stats);
  } else if (message.poll !== undefined && isWorker(handler)) {
    void handler({ mode: 'poll', pollMs: message.poll }, lambdaContext(name, 900_000)).then(() =>
      process.send?.({ polled: true }),
    );
  }
});

if (isTrigger(handler)) {
  const gateway = await startGateway();
  gateway.handler = handler;
  process.send?.({ url: gateway.url });
} else if (isWorker(handler)) {
  process.send?.({ url: '' });
}
