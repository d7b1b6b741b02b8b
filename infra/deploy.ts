/** `npm run deploy -- --stage NAME`: bundles the functions and deploys them with osls. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { runCommand } from '../cli/command.ts';
import { bundleFunctions } from './bundle.ts';
import { chooseStage } from './stages.ts';

await runCommand(
  {
    script: 'deploy',
    about: 'Bundles the functions and deploys a stage to AWS, with the credentials that the AWS SDK finds.',
    options: {
      stage: { type: 'string', value: 'NAME', about: 'the stage: the name of a file in infra/stages' },
      region: { type: 'string', value: 'NAME', about: 'the AWS region; us-west-2 by default' },
    },
  },
  async ({ stage: given, region }) => {
    const stage = await chooseStage(given);
    await bundleFunctions('dist');
    const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
    const args = ['deploy', '--stage', stage, ...(region === undefined ? [] : ['--region', region])];
    const child = spawn(process.execPath, [serverless, ...args], { stdio: 'inherit' });
    const [code]: unknown[] = await once(child, 'exit');
    return typeof code === 'number' ? code : 1;
  },
);
