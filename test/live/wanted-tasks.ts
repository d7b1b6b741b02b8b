import type { Resolution } from './worker.ts';

/** One task of the suite's push. Each case has its own tasks, so that the order of the cases does not matter. */
export interface WantedTask {
  label: string;
  /** How its run ends; without it, the task stays pending or unscheduled. */
  resolution?: Resolution;
  /** `tags.retrigger` */
  tag?: 'true' | 'false';
  /** `extra.retrigger` */
  extra?: boolean;
  /** Labels of builds, which the payload also refers to. Without any, it depends on the decision task. */
  builds?: string[];
  /** Index path below the trust domain. */
  index?: string;
  /** A scope that the hook's role lacks. */
  privileged?: true;
}

/** Treeherder cuts labels at 139 characters. */
export const LONG_LABEL = `test-long-${'x'.repeat(150)}`;

/** Index namespace below the trust domain for images that later pushes share. */
export const IMAGE_INDEX = 'cache.level-1.image.hash';

/** In the order of creation: dependencies first. */
export const wantedTasks: readonly WantedTask[] = [
  { label: 'build-linux', tag: 'false', resolution: 'completed' },
  { label: 'build-mac', tag: 'false', resolution: 'completed' },
  { label: 'build-failed', tag: 'false', resolution: 'failed' },
  { label: 'build-crashed', tag: 'false', resolution: 'exception' },
  { label: 'build-broken', tag: 'false', resolution: 'failed' },
  { label: 'build-queued', tag: 'false' },
  { label: 'build-always', extra: false, tag: 'true', resolution: 'completed' },
  { label: 'lint', tag: 'true', resolution: 'failed' },
  { label: 'test-once', tag: 'true', builds: ['build-linux'], resolution: 'failed' },
  { label: 'test-thrice', tag: 'true', builds: ['build-linux'], resolution: 'completed' },
  { label: 'test-pair-1', tag: 'true', builds: ['build-linux'], resolution: 'failed' },
  { label: 'test-pair-2', tag: 'true', builds: ['build-linux'], resolution: 'exception' },
  { label: 'test-again', tag: 'true', builds: ['build-linux'], resolution: 'failed' },
  { label: 'test-extra', extra: true, builds: ['build-linux'], resolution: 'failed' },
  { label: 'test-one-task', tag: 'true', builds: ['build-linux'], resolution: 'failed' },
  { label: 'test-rerun', tag: 'true', builds: ['build-linux'], resolution: 'failed' },
  { label: 'test-signed', tag: 'true', builds: ['build-linux'], resolution: 'completed' },
  { label: 'test-beside', tag: 'true', builds: ['build-linux'], resolution: 'failed' },
  { label: 'test-remade', tag: 'true', builds: ['build-linux'], resolution: 'failed' },
  { label: 'test-on-mac', tag: 'true', builds: ['build-linux', 'build-mac'], resolution: 'failed' },
  { label: 'test-of-broken', tag: 'true', builds: ['build-broken'] },
  { label: 'test-waiting', tag: 'true', builds: ['build-broken'] },
  { label: 'queued-clone', tag: 'true', builds: ['build-linux'], resolution: 'failed' },
  { label: 'queued-twice', tag: 'true', builds: ['build-linux'], resolution: 'failed' },
  { label: 'queued-rerun', tag: 'false', resolution: 'failed' },
  { label: 'queued-again', tag: 'true', builds: ['build-linux'], resolution: 'failed' },
  { label: 'queued-given-back', tag: 'true', builds: ['build-linux'], resolution: 'failed' },
  { label: 'cancel-direct', tag: 'true' },
  { label: 'cancel-queued', tag: 'true' },
  { label: 'cancel-rest', tag: 'true' },
  { label: 'test-privileged', tag: 'true', builds: ['build-linux'], resolution: 'failed', privileged: true },
  { label: LONG_LABEL, tag: 'true', resolution: 'failed' },
  { label: 'test-unmarked', builds: ['build-linux'], resolution: 'failed' },
  {
    label: 'image',
    tag: 'true',
    index: `${IMAGE_INDEX}.0123456789abcdef`,
    resolution: 'completed',
  },
];
