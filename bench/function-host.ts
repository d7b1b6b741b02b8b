/**
 * A process that contains only one bundled function, so that its memory and event loop are the function's own.
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
  /** Peak so far, in MB (10^6 bytes). */
  peakRssMb: number;
  /** The longest time that the event loop was blocked since the last request, ms. */
  eventLoopMs: number;
  /** Processor time of all threads since the last question, ms. */
  cpuMs: number;
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

let cpu = process.cpuUsage();

process.on('message', (message: { stats?: true; poll?: number }) => {
  if (message.stats) {
    const { user, system } = process.cpuUsage(cpu);
    const stats: HostStats = {
      peakRssMb: peakRssMb(),
      eventLoopMs: delay.max / 1e6,
      cpuMs: (user + system) / 1000,
    };
    delay.reset();
    cpu = process.cpuUsage();
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
