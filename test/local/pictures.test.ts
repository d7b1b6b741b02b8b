import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { inTheDark } from '../../local/pictures/dark.ts';

const image = (name: string) => readFile(new URL(`../../docs/images/${name}`, import.meta.url), 'utf8');

it('has the architecture light and dark, otherwise alike (npm run pictures)', async () => {
  const light = await image('architecture-light.svg');
  const dark = await image('architecture-dark.svg');
  expect(dark).toBe(inTheDark(light));
  expect(dark).not.toBe(light);
});

it('refuses a colour without a dark one', () => {
  expect(() => inTheDark('svg { --unheard-of: #ffffff; }')).toThrow('--unheard-of');
});

it('only shows existing pictures in the README', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const names = [...readme.matchAll(/docs\/images\/([\w.-]+)/g)].map(([, name]) => name ?? '');
  expect(new Set(names).size).toBe(4);
  for (const name of names) expect((await image(name)).length).toBeGreaterThan(0);
});
