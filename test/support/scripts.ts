import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const root = new URL('../..', import.meta.url);

/** The scripts of package.json: name → shell command. */
export async function readScripts(): Promise<Record<string, string>> {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    await readFile(new URL('package.json', root), 'utf8'),
  );
  return scripts;
}

/** Runs an npm script of the project as npm does, but without npm in between. */
export async function runScript(name: string, args: string[]) {
  const [program, ...own] = (await readScripts())[name]?.split(' ') ?? [];
  if (program !== 'node') throw new Error(`the script ${name} runs ${program}, not node`);
  return runNode([...own, ...args]);
}

/** The part of our environment for a process that must not see our credentials and settings. */
export const BARE_ENVIRONMENT = Object.fromEntries(
  ['PATH', 'TMPDIR', 'NODE_COMPILE_CACHE'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

/** Runs this Node in the project's folder, at most until the test ends. */
export function runNode(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (printed.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed.err += chunk.toString()));
  const closed = once(child, 'close').then(([code]: unknown[]) => code);
  const firstLine = once(createInterface({ input: child.stdout }), 'line').then(([line]: unknown[]) =>
    String(line),
  );
  return { child, printed, closed, firstLine };
}
