import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { documents } from '../support/documents.ts';
import { readScripts, runNode } from '../support/scripts.ts';

/** Third-party programs, which parse their own arguments. */
const FOREIGN = new Set(['vitest', 'serverless', 'prettier', 'oxlint', 'knip', 'tsc', 'npm', 'depcruise']);

const scripts = await readScripts();
// npm appends arguments to the end of a script, so its last command gets them.
const lastCommands = Object.entries(scripts).map(([name, text]): [string, string[]] => [
  name,
  (text.split('&&').at(-1) ?? '').trim().split(' '),
]);
const own = lastCommands.flatMap(([name, [program, ...args]]): [string, string[]][] =>
  program === 'node' ? [[name, args]] : [],
);

const pages = (await Promise.all((await documents()).map((page) => readFile(page, 'utf8')))).join('\n');

/** The options and commands that the documents give a script: `npm run hooks -- check --config FILE`. */
function documented(npm: string): string[] {
  const lines = pages.split('\n').flatMap((line) => line.split(`${npm} -- `).slice(1));
  return lines.flatMap((line) => {
    const [command = ''] = line.split(/[`|]/);
    const [, word] = /^([a-z][a-z-]+)(?: |$)/.exec(command) ?? [];
    return [...(word ?? '').split(' ').filter(Boolean), ...(command.match(/--[a-z][a-z-]*/g) ?? [])];
  });
}

it('finds commands in the documents', () => {
  expect(documented('npm run hooks')).toEqual(
    expect.arrayContaining(['apply', '--config', 'render', '--for']),
  );
});

it('covers all scripts', () => {
  const unknown = lastCommands.filter(([, [program = '']]) => program !== 'node' && !FOREIGN.has(program));
  expect(unknown).toStrictEqual([]);
  expect(own.length).toBeGreaterThan(10);
});

describe.each(own)('npm run %s', (script, args) => {
  // `check:generated` runs `generate` with an option.
  const name = own.find(([, other]) => other.every((arg, n) => arg === args[n]))?.[0] ?? script;
  const npm = name === 'start' ? 'npm start' : `npm run ${name}`;

  it('says what is missing on a bare machine', () => {
    expect(args.slice(0, 2)).toStrictEqual(['-r', './cli/preflight.cjs']);
  });

  it('prints its usage, with all that the documents name', async () => {
    const { printed, closed } = runNode([...args, '--help']);
    expect({ code: await closed, err: printed.err }).toStrictEqual({ code: 0, err: '' });
    expect(printed.out.startsWith(`usage: ${npm} -- `)).toBe(true);
    expect(printed.out).toMatch(/^ {2}--help +print this help\n$/m);
    const words = new Set(printed.out.split(/[\s,.;:()]+/));
    expect(documented(npm).filter((word) => !words.has(word))).toEqual([]);
  });

  it('refuses an option that it does not know', async () => {
    const { printed, closed } = runNode([...args, '--no-such-option']);
    expect({ code: await closed, out: printed.out }).toStrictEqual({ code: 64, out: '' });
    expect(printed.err.startsWith(`Unknown option '--no-such-option'.\n\nusage: ${npm} -- `)).toBe(true);
  });
});
