import { afterAll } from 'vitest';
import type { LocalTaskcluster } from '../../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../../local/taskcluster/server.ts';
import { startFunctionsHere } from '../live/functions-here.ts';
import { acceptanceSuite } from '../live/suite.ts';

let taskcluster: LocalTaskcluster | undefined;
afterAll(() => taskcluster?.close());

acceptanceSuite(
  'the local Taskcluster',
  async () => {
    taskcluster = await startLocalTaskcluster({ claimLookMs: 20, longPollMs: 200 });
    // A deployment need not be public: the suite grants itself what it needs.
    taskcluster.createRole('anonymous', []);
    return taskcluster;
  },
  startFunctionsHere,
);
