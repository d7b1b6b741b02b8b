/**
 * `npm run package -- [--stage level1]`: bundles the functions and makes the CloudFormation template and the archives
 * that a deploy of the stage would upload, in dist/package/<stage>. Needs no network and no AWS account.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { parseArgs, promisify } from 'node:util';
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

if (import.meta.main) {
  const { values } = parseArgs({ options: { stage: { type: 'string', default: 'level1' } } });
  const outdir = `dist/package/${values.stage}`;
  await packageStage(values.stage, outdir);
  console.log(`${outdir}/cloudformation-template-update-stack.json`);
}
