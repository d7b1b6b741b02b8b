/** `npm run local`: the local Taskcluster, alone or with the functions, until Ctrl-C. Prints one JSON line when ready. */
import { readArguments, USAGE, UsageError } from './arguments.ts';
import { startEnvironment } from './environment.ts';
import { untilInterrupted } from './interrupt.ts';
import { PushFormatError } from './push/load.ts';

try {
  const options = readArguments(process.argv.slice(2));
  const environment = await startEnvironment({ ...options, onLine: (line) => console.error(line) });
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
} catch (error) {
  if (!(error instanceof UsageError || error instanceof PushFormatError)) throw error;
  console.error(`${error.message}\nusage: npm run local -- ${USAGE}`);
  process.exitCode = 2;
}
