import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { afterEach } from 'vitest';

const root = new URL('../..', import.meta.url);

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});

/** The scripts of package.json, name → what npm has a shell run. */
export async function readScripts(): Promise<Record<string, string>> {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    await readFile(new URL('package.json', root), 'utf8'),
  );
  return scripts;
}

/** Runs an npm script of the project as npm does, but without npm between us and it. */
export async function runScript(name: string, args: string[]) {
  const [program, ...own] = (await readScripts())[name]?.split(' ') ?? [];
  if (program !== 'node') throw new Error(`the script ${name} runs ${program}, not node`);
  return runNode([...own, ...args]);
}

/** Runs this Node in the project's folder. */
export function runNode(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (printed.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed.err += chunk.toString()));
  const closed = once(child, 'close').then(([code]: unknown[]) => code);
  const firstLine = once(createInterface({ input: child.stdout }), 'line').then(([line]: unknown[]) =>
    String(line),
  );
  return { child, printed, closed, firstLine };
}
