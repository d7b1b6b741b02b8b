/**
 * `npm run package -- [--stage level1]`: bundles the functions and makes the CloudFormation template and the archives
 * that a deploy of the stage would upload, in dist/package/<stage>. Needs no network and no AWS account.
 */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { runCommand, UsageError } from '../cli/command.ts';
import { bundleFunctions } from './bundle.ts';

/**
 * @param outdir where template and archives go
 * @throws Error with what osls has printed, if it fails
 */
export async function packageStage(stage: string, outdir: string): Promise<void> {
  await bundleFunctions('dist');
  const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
  await promisify(execFile)(
    process.execPath,
    [serverless, 'package', '--stage', stage, '--package', outdir],
    {
      env: { ...process.env, SLS_NOTIFICATIONS_MODE: 'off', SLS_TELEMETRY_DISABLED: '1' },
    },
  );
}

async function namesOfStages(): Promise<string[]> {
  const files = await readdir(new URL('stages', import.meta.url));
  return files.map((file) => file.replace(/\.yml$/, '')).toSorted();
}

if (import.meta.main) {
  await runCommand(
    {
      script: 'package',
      about:
        'Makes the CloudFormation template and the archives of a stage, in dist/package/<stage>, without AWS.',
      options: {
        stage: {
          type: 'string',
          value: 'NAME',
          default: 'level1',
          about: 'a file of infra/stages; level1 by default',
        },
      },
    },
    async ({ stage }) => {
      const stages = await namesOfStages();
      if (!stages.includes(stage))
        throw new UsageError(`There is no stage ${stage}; there are ${stages.join(', ')}.`);
      const outdir = `dist/package/${stage}`;
      await packageStage(stage, outdir);
      console.log(`${outdir}/cloudformation-template-update-stack.json`);
    },
  );
}
