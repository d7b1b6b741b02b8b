import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyCommands } from './chances.ts';
import { newModel } from './model.ts';
import { finish } from './queued.ts';
import { anyShape } from './shape.ts';
import { World } from './world.ts';

const RUNS = Number(process.env['MODEL_RUNS'] ?? 100);
const SEED = Number(process.env['MODEL_SEED'] ?? 1);
/** In parallel, since most of the time is spent waiting before retries. */
const LANES = RUNS > 100 ? 16 : 4;

it.concurrent.each(Array.from({ length: LANES }, (_, lane) => SEED + lane))(
  'whatever is asked for, in whatever trouble, is done once or said not to be (seed %d)',
  { timeout: 86_400_000 },
  async (seed) => {
    const world = await World.start();
    try {
      await fc.assert(
        fc.asyncProperty(anyShape, anyCommands, async (shape, commands) => {
          world.newPush(shape);
          const model = await newModel(world);
          await fc.asyncModelRun(() => ({ model, real: world }), commands);
          await finish(model, world);
          expect(world.way.records.filter(({ level }) => level === 'error')).toStrictEqual([]);
        }),
        { seed, numRuns: Math.ceil(RUNS / LANES), endOnFailure: process.env['MODEL_SHRINK'] === undefined },
      );
    } finally {
      await world.stop();
    }
  },
);
