/** `npm run local`: the local Taskcluster, alone or with the functions, until Ctrl-C. Prints one JSON line when ready. */
import { runCommand } from '../cli/command.ts';
import { ENVIRONMENT_OPTIONS, readEnvironmentOptions } from './arguments.ts';
import { startEnvironment } from './environment.ts';
import { untilInterrupted } from './interrupt.ts';

await runCommand(
  {
    script: 'local',
    about:
      'Runs a local Taskcluster with a push, and the functions, until Ctrl-C. Prints one JSON line when ready.',
    options: {
      ...ENVIRONMENT_OPTIONS,
      'no-functions': { type: 'boolean', default: false, about: 'only the Taskcluster' },
    },
  },
  async (values) => {
    const environment = await startEnvironment({
      ...readEnvironmentOptions(values),
      functions: !values['no-functions'],
      onLine: (line) => console.error(line),
    });
    const { taskcluster, deployment, push, hook } = environment;
    const path = `/api/hooks/v1/hooks/${hook.hookGroupId}/${encodeURIComponent(hook.hookId)}/trigger`;
    console.log(
      JSON.stringify({
        rootUrl: taskcluster.rootUrl,
        credentials: taskcluster.credentials,
        user: deployment.user,
        decisionTaskId: push.decisionTaskId,
        ...hook,
        triggerUrl: `${taskcluster.rootUrl}${path}`,
      }),
    );
    await untilInterrupted(environment.functions?.exited);
    await environment.stop();
  },
);
