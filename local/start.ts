/**
 * `npm start`: a local Taskcluster with a push and the functions, a press of Treeherder's retrigger button for each
 * of the two ways in, and what came of it, in ms. Then keeps serving until Ctrl-C; with `--once` it ends there.
 */
import { runCommand } from '../cli/command.ts';
import { ENVIRONMENT_OPTIONS, readEnvironmentOptions } from './arguments.ts';

await runCommand(
  {
    script: 'start',
    about:
      'Starts a local Taskcluster with a push, and the functions; retriggers a task each way and shows how long it takes;\n' +
      'serves the push as a page until Ctrl-C.',
    options: {
      ...ENVIRONMENT_OPTIONS,
      once: { type: 'boolean', default: false, about: 'end after the two retriggers' },
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
