import './cli/preflight.cjs';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

// test:     everything that runs in a plain checkout of the project (npm test) live:     the acceptance suite against a
// Taskcluster given by TASKCLUSTER_ROOT_URL (npm run test:live) contract: checks against the reference material in
// ../shared (.ci/run) CI counts what has passed; everyone else reads the terminal.
const report = process.env['TEST_REPORT'];

export default defineConfig({
  test: {
    // Most of a test's time is spent waiting for an answer.
    maxWorkers: 4,
    maxConcurrency: 20,
    sequence: { sequencer: LongestFirst },
    ...(report ? { reporters: ['default', ['json', { outputFile: report }]] } : {}),
    projects: [
      {
        test: {
          name: 'test',
          include: ['test/**/*.test.ts'],
          exclude: ['test/contract/**', 'test/live/**'],
          // On an idle machine nothing takes this long; on a busy one, tests must not fail for it.
          testTimeout: 240_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 60_000 } },
          globalSetup: 'test/support/temporary-folder.ts',
          // Loading the sources anew for each file takes longer than most files' tests. Nothing in them keeps state.
          isolate: false,
        },
      },
      { test: { name: 'live', include: ['test/live/**/*.test.ts'], testTimeout: 120_000 } },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: 60_000,
          globalSetup: 'test/contract/needs-references.ts',
        },
      },
    ],
  },
});
