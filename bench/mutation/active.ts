/** Loaded before each test file: tells the instrumented code whether its mutant is the active one. */

/** A mutant that is reached this often has made a loop endless. */
const ENDLESS = 2_000_000;

const active = process.env['MUTANT'];
let times = 0;

Object.assign(globalThis, {
  __mutant: (file: string, id: number): boolean => {
    if (++times > ENDLESS) throw new Error('an endless loop');
    return active === `${file}:${id}`;
  },
});
