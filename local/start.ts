/**
 * `npm start`: starts a local Taskcluster with a push and the functions, presses Treeherder's retrigger button once for
 * each way, and prints how long each step took. Then serves until Ctrl-C, unless `--once` is given.
 */
import { runCommand } from '../cli/command.ts';
import { ENVIRONMENT_OPTIONS, readEnvironmentOptions } from './arguments.ts';

await runCommand(
  {
    script: 'start',
    about:
      'Starts a local Taskcluster with a push, and the functions; retriggers a task each way and shows how long\n' +
      'each step took; then serves the push as a page until Ctrl-C.',
    options: {
      ...ENVIRONMENT_OPTIONS,
      once: { type: 'boolean', default: false, about: 'end after the retriggers' },
    },
  },
  async (values) => {
    const options = readEnvironmentOptions(values);
    console.log('Starting a local Taskcluster with a push, and the functions …\n');
    // Importing it takes a second.
    const { showRetriggers } = await import('./show-retriggers.ts');
    await showRetriggers(options, values.once);
  },
);
