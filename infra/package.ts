/**
 * `npm run package -- --stage NAME`: bundles the functions and writes the CloudFormation template and the archives that
 * a deploy of the stage would upload to dist/package/<stage>. Needs no network and no AWS account.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { runCommand } from '../cli/command.ts';
import { withProgress } from '../cli/progress.ts';
import { bundleFunctions } from './bundle.ts';
import { chooseStage } from './stages.ts';

/**
 * @param outdir directory for the template and the archives
 * @throws Error with the output of osls, if it fails
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

if (import.meta.main) {
  await runCommand(
    {
      script: 'package',
      about:
        'Builds the CloudFormation template and archives of a stage in dist/package/<stage>, without AWS.',
      options: {
        stage: {
          type: 'string',
          value: 'NAME',
          about: 'the stage: the name of a file in infra/stages',
        },
      },
    },
    async ({ stage: given }) => {
      const stage = await chooseStage(given);
      const outdir = `dist/package/${stage}`;
      await withProgress(`Packaging ${stage}`, () => packageStage(stage, outdir));
      console.log(`${outdir}/cloudformation-template-update-stack.json`);
    },
  );
}
