/**
 * The worker function in a separate process that tests kill. Started by doomed-worker.ts; imports everything, and
 * performs one drain run when it gets the environment.
 */
import { flushCompileCache } from 'node:module';
import { handler } from '../../functions/worker/handler.ts';
import { isObject } from '../../functions/tasks/shapes.ts';
import { lambdaContext } from './lambda-context.ts';

// A killed process would leave nothing in the compile cache for the next one.
flushCompileCache();

process.once('message', (environment) => {
  if (!isObject(environment)) throw new TypeError('the environment must be an object');
  for (const [name, value] of Object.entries(environment)) process.env[name] = String(value);
  void handler({ mode: 'drain' }, lambdaContext('worker', 180_000)).then(() => process.exit(0));
});
