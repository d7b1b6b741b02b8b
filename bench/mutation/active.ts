/** Loaded before each test file: tells the instrumented code which mutant is active, or notes which ones it passes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';

/** A mutant that is passed so often has made a loop endless. */
const ENDLESS = 2_000_000;

const active = process.env['MUTANT'];
const folder = process.env['MUTANTS_PASSED'];
const passed = new Set<string>();
let times = 0;

Object.assign(globalThis, {
  __mutant: (file: string, id: number): boolean => {
    if (active === undefined) {
      passed.add(`${file}:${id}`);
      return false;
    }
    if (++times > ENDLESS) throw new Error('an endless loop');
    return active === `${file}:${id}`;
  },
});

afterAll(() => {
  if (folder === undefined) return;
  const test = expect.getState().testPath ?? '';
  const name = `${test.replaceAll(/\W+/g, '-')}.json`;
  writeFileSync(join(folder, name), JSON.stringify({ test, passed: [...passed] }));
});
