import { execFile } from 'node:child_process';
import { access, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CommandError } from '../cli/command.ts';
import { isObject } from '../functions/tasks/shapes.ts';
import { CASES, payloadOf } from './cases.ts';
import { measure, setStage } from './measure.ts';

const run = promisify(execFile);
const SIZES = [50, 2_000, 20_000];
const LATENCY_MS = 30;
const TIMEOUT_MS = 240_000;

/** taskgraph's own callback on the same push and input, in test mode: it reads and decides, but creates nothing. */
const PYTHON = `
import json, resource, sys, time
started = time.monotonic()
from taskgraph.util.taskcluster import get_artifact
from taskgraph.actions import trigger_action_callback
group, root = sys.argv[1:3]
trigger_action_callback(task_group_id=group, task_id=None, input=json.loads(sys.argv[3]), callback=sys.argv[4],
                        parameters=get_artifact(group, "public/parameters.yml"), root=root, test=True)
print(json.dumps({"seconds": time.monotonic() - started,
                  "kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}), file=sys.stderr)
`;

/** The minimal configuration that taskgraph requires. */
const CONFIG = {
  'trust-domain': 'gecko',
  'task-priority': 'low',
  taskgraph: { repositories: { gecko: { name: 'Gecko' } } },
  workers: { aliases: {} },
};

/** One line of the table: one label, retriggered by taskgraph and by the trigger function in a new process. */
export interface Comparison {
  size: number;
  taskgraphMs: number;
  taskgraphRssMb: number;
  oursMs: number;
  oursRssMb: number;
  times: number;
}

/**
 * @param directory a checkout of taskgraph, or a target of `pip install --target`; python3 must find its dependencies
 * @throws CommandError if taskgraph does not run
 */
export async function compareWithTaskgraph(directory: string): Promise<Comparison[]> {
  const [one] = CASES;
  if (!one) throw new Error('there is no case');
  const work = await mkdtemp(join(tmpdir(), 'bench-taskgraph-'));
  try {
    const root = join(work, 'taskcluster');
    await mkdir(root);
    await writeFile(join(root, 'config.yml'), JSON.stringify(CONFIG));
    const rows: Comparison[] = [];
    for (const size of SIZES) {
      const stage = await setStage(size, 0);
      try {
        const payload = payloadOf(stage.push, one);
        const user = isObject(payload) && isObject(payload['user']) ? payload['user'] : {};
        stage.taskcluster.setLatency(LATENCY_MS);
        const theirs = await runTaskgraph(directory, work, stage.taskcluster.rootUrl, [
          stage.push.decisionTaskId,
          root,
          JSON.stringify(user['input']),
          one.callback,
        ]);
        stage.taskcluster.setLatency(0);
        const [ours] = await measure(stage, 'direct', LATENCY_MS, size, one);
        if (!ours) throw new Error('nothing was measured');
        rows.push({
          size,
          ...theirs,
          oursMs: ours.wallMs,
          oursRssMb: ours.peakRssMb,
          times: theirs.taskgraphMs / ours.wallMs,
        });
      } finally {
        await stage.taskcluster.close();
      }
    }
    return rows;
  } finally {
    await rm(work, { recursive: true });
  }
}

async function runTaskgraph(
  directory: string,
  work: string,
  rootUrl: string,
  args: string[],
): Promise<{ taskgraphMs: number; taskgraphRssMb: number }> {
  const source = join(directory, 'src');
  const path = await access(source).then(
    () => source,
    () => directory,
  );
  const env = {
    ...process.env,
    PYTHONPATH: [path, process.env['PYTHONPATH']].filter(Boolean).join(':'),
    TASKCLUSTER_ROOT_URL: rootUrl,
  };
  try {
    const { stderr } = await run('python3', ['-c', PYTHON, ...args], {
      cwd: work,
      env,
      timeout: TIMEOUT_MS,
      maxBuffer: 1024 * 1024 * 1024,
    });
    const figures: { seconds: number; kilobytes: number } = JSON.parse(
      stderr.trim().split('\n').at(-1) ?? '',
    );
    return { taskgraphMs: figures.seconds * 1000, taskgraphRssMb: (figures.kilobytes * 1024) / 1e6 };
  } catch (error) {
    const printed = isObject(error) && typeof error['stderr'] === 'string' ? error['stderr'] : String(error);
    throw new CommandError(
      `taskgraph in ${directory} does not run:\n${printed.trim().split('\n').slice(-5).join('\n')}`,
    );
  }
}
