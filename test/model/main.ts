/** `npm run model`: compares the functions with the model of test/model/expected.ts, any number of times. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runCommand, UsageError } from '../../cli/command.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

await runCommand(
  {
    script: 'model',
    about:
      'Random actions on random pushes, both ways, with calls that fail and workers that end, against a small model of\n' +
      'what must exist in the end.',
    options: {
      runs: { type: 'string', value: 'N', default: '1000', about: 'how many sequences of commands (1000)' },
      seed: { type: 'string', value: 'N', about: 'where to begin; another one each time if not given' },
      shrink: { type: 'boolean', default: false, about: 'look for the shortest sequence that fails' },
    },
  },
  async ({ runs, seed = String(Math.floor(Math.random() * 1e9)), shrink }) => {
    for (const [name, value] of Object.entries({ runs, seed }))
      if (!/^\d{1,9}$/.test(value)) throw new UsageError(`--${name} takes a whole number, not ${value}.`);
    const child = spawn(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', '--project', 'test', 'test/model/model.test.ts'],
      {
        cwd: ROOT,
        stdio: 'inherit',
        env: { ...process.env, MODEL_RUNS: runs, MODEL_SEED: seed, ...(shrink ? { MODEL_SHRINK: '1' } : {}) },
      },
    );
    const [code]: unknown[] = await once(child, 'close');
    return code === 0 ? 0 : 1;
  },
);
