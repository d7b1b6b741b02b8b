import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ColdStart {
  imports: string;
  /** Median import time over all processes, ms. */
  medianMs: number;
  /** Relative to importing only taskcluster-client, in the same run. */
  ratio: number;
}

const CANDIDATES: Record<string, string> = {
  'an empty handler': 'data:text/javascript,export const handler = () => undefined;',
  'taskcluster-client alone': 'taskcluster-client',
  'trigger, bundled': './dist/trigger/handler.mjs',
  'worker, bundled': './dist/worker/handler.mjs',
};

/** Imports each candidate in this many new processes, in turns, so that a slow moment affects all candidates alike. */
export async function coldStarts(processes: number): Promise<ColdStart[]> {
  const times = new Map(Object.keys(CANDIDATES).map((name) => [name, [] as number[]]));
  for (let nth = 0; nth < processes; nth++) {
    for (const [name, specifier] of Object.entries(CANDIDATES)) {
      const script = `const t = performance.now(); await import(${JSON.stringify(specifier)}); console.log(performance.now() - t); process.exit()`;
      const { stdout } = await run(process.execPath, [
        '--no-deprecation',
        '--input-type=module',
        '-e',
        script,
      ]);
      times.get(name)?.push(Number(stdout));
    }
  }
  const medians = new Map([...times].map(([name, values]) => [name, median(values)]));
  const alone = medians.get('taskcluster-client alone') ?? Number.NaN;
  return [...medians].map(([imports, medianMs]) => ({
    imports,
    medianMs: Number(medianMs.toFixed(1)),
    ratio: Number((medianMs / alone).toFixed(2)),
  }));
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The bytes of each dependency in a bundle, largest first; `own` is this project's code. */
export async function bytesByDependency(name: string): Promise<[string, number][]> {
  const meta: { outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }> } = JSON.parse(
    await readFile(`dist/${name}/meta.json`, 'utf8'),
  );
  const bytes = new Map<string, number>();
  for (const { inputs } of Object.values(meta.outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const dependency = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? 'own';
      bytes.set(dependency, (bytes.get(dependency) ?? 0) + bytesInOutput);
    }
  }
  return [...bytes].toSorted(([, a], [, b]) => b - a);
}
