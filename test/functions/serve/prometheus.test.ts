import { expect, it } from 'vitest';
import { Prometheus } from '../../../functions/serve/prometheus.ts';

const polled = (oldestSeconds: number) => ({
  event: 'polled',
  taskQueueId: 'a-1/b',
  claimed: 0,
  oldestSeconds,
});

it('tells the maximum of the last minute, whatever came after it', async () => {
  let now = 1_000_000;
  const prometheus = new Prometheus(() => now);
  const sink = prometheus.sink('worker');
  const oldest = async () =>
    /^retrigger_hooks_oldest_pending_action_task_seconds{service="worker"} (.*)$/m.exec(
      (await prometheus.text()).text,
    )?.[1];

  expect(await oldest()).toBeUndefined();
  sink('info', polled(90));
  now += 30_000;
  sink('info', polled(5));
  sink('info', polled(0));
  // However many scrape it.
  expect([await oldest(), await oldest()]).toStrictEqual(['90', '90']);
  now += 30_000;
  expect(await oldest()).toBe('5');
  now += 30_000;
  expect(await oldest()).toBeUndefined();
});
