/**
 * `npm run drill -- NAME`: breaks something in a local environment, presses Treeherder's button, and reports whether
 * the functions log, and Treeherder shows, what docs/runbook.md says.
 */
import { runCommand } from '../cli/command.ts';
import { startEnvironment, type Environment } from '../local/environment.ts';
import { pressRetrigger, TreeherderNotification } from '../local/treeherder/button.ts';
import { deviations, DRILLS, eventOf, type Drill, type Shown } from './drills.ts';

const TIMEOUT_MS = 60_000;
/** Wait for what follows the last event, such as the metrics, and print that too. */
const SETTLE_MS = 300;

/** @returns the exit status */
async function run(drill: Drill, log: boolean): Promise<number> {
  const lines: string[] = [];
  let shown: Shown | undefined;
  const over = Promise.withResolvers<void>();
  const look = () => {
    if (shown !== undefined && deviations(drill, lines, shown).length === 0) over.resolve();
  };
  console.log(`broken    ${drill.what}`);
  Object.assign(process.env, drill.env);
  const environment = await startEnvironment({
    port: 0,
    latencyMs: drill.latencyMs ?? 0,
    push: { size: 50 },
    functions: true,
    onLine: (line) => {
      lines.push(line);
      if (log && line.startsWith('{')) console.log(line);
      look();
    },
  });
  try {
    // The log of the start is not part of the drill.
    lines.length = 0;
    environment.taskcluster.setFaults(drill.faults ?? []);
    shown = await press(environment, drill.way);
    console.log(`pressed   the ${drill.way} way; Treeherder shows ${describe(shown)}`);
    look();
    const timer = setTimeout(() => over.resolve(), TIMEOUT_MS);
    await over.promise;
    clearTimeout(timer);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  } finally {
    await environment.stop();
  }
  return judge(drill, lines, shown);
}

function judge(drill: Drill, lines: readonly string[], shown: Shown | undefined): number {
  const counts = Map.groupBy(
    lines.flatMap((line) => eventOf(line) ?? []),
    (event) => event,
  );
  const logged = [...counts].map(([event, all]) => (all.length === 1 ? event : `${event} × ${all.length}`));
  const found = deviations(drill, lines, shown);
  console.log(`logged    ${logged.join(', ') || 'nothing'}`);
  console.log(
    `expected  ${drill.logged.map(({ event }) => event).join(', ')}; Treeherder shows ${drill.shows}`,
  );
  console.log(`verdict   ${found.length === 0 ? 'as expected' : `WRONG: ${found.join('; ')}`}`);
  return found.length === 0 ? 0 : 1;
}

async function press({ taskcluster, deployment, push }: Environment, way: Drill['way']): Promise<Shown> {
  const { rootUrl, internalRootUrl } = taskcluster;
  const failed = Object.values(push.tasks).find(
    ({ task, state }) => state === 'failed' && JSON.stringify(task['tags']).includes('"retrigger":"true"'),
  );
  try {
    const { taskId } = await pressRetrigger(
      {
        rootUrl,
        hooksRootUrl: way === 'direct' ? rootUrl : internalRootUrl,
        userCredentials: deployment.user,
        decisionTaskId: push.decisionTaskId,
      },
      { labels: [failed?.label ?? ''] },
    );
    return { task: taskId };
  } catch (error) {
    if (!(error instanceof TreeherderNotification)) throw error;
    return { error: error.message };
  }
}

function describe(shown: Shown): string {
  return 'task' in shown ? `task ${shown.task}` : `an error: ${shown.error.split('\n')[0] ?? ''}`;
}

await runCommand(
  {
    script: 'drill',
    about:
      'Breaks a local deployment in one way, presses the button, and reports whether it reacts as expected.',
    argument: {
      value: 'NAME',
      choices: Object.fromEntries(Object.entries(DRILLS).map(([name, { what }]) => [name, what])),
    },
    options: {
      log: {
        type: 'boolean',
        default: false,
        about: 'print each line that the functions log, as CloudWatch gets it',
      },
    },
  },
  async ({ log }, name) => {
    const drill = DRILLS[name];
    return drill ? run(drill, log) : 1;
  },
);
