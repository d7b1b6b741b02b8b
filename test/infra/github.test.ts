import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { readScripts } from '../support/scripts.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The commands of a workflow, step by step. */
async function commands(): Promise<string[]> {
  const workflow: { jobs: Record<string, { steps: { run?: string }[] }> } = parse(
    await read('.github/workflows/ci.yml'),
  );
  return Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
}

it('runs existing scripts, including the two of the README', async () => {
  const scripts = Object.keys(await readScripts());
  const run = (await commands()).flatMap((command) => /^npm (?:run )?([\w:]+)/.exec(command)?.[1] ?? []);
  expect(run.filter((name) => name !== 'ci' && !scripts.includes(name))).toStrictEqual([]);
  expect(run).toEqual(expect.arrayContaining(['ci', 'start', 'test', 'check']));
});

it('pins actions by commit, never by a tag, which can be moved', async () => {
  const uses = (await read('.github/workflows/ci.yml')).match(/uses: .*/g) ?? [];
  expect(uses.length).toBeGreaterThan(0);
  for (const line of uses) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

it.each(['bug', 'idea'])('has a form for a %s that GitHub can show', async (name) => {
  const form: { name: string; description: string; body: { type: string; id?: string }[] } = parse(
    await read(`.github/ISSUE_TEMPLATE/${name}.yml`),
  );
  expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
  const fields = form.body.filter(({ type }) => type !== 'markdown');
  expect(fields.length).toBeGreaterThan(0);
  expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
});

it('names one version of Node everywhere', async () => {
  const { devDependencies }: { devDependencies: Record<string, string> } = JSON.parse(
    await read('package.json'),
  );
  const node = devDependencies['node'] ?? '';
  expect((await read('.nvmrc')).trim()).toBe(node.split('.')[0]);
  const images = (await read('Dockerfile')).match(/(?<=FROM node:)[\d.]+/g);
  expect(new Set(images)).toEqual(new Set([node]));
});
