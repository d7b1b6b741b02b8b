import { acceptanceSuite } from './suite.ts';
import { functionsFrom, targetFrom } from './target.ts';

// Without a Taskcluster, the file fails with that one sentence.
const target = targetFrom(process.env);
acceptanceSuite(target.rootUrl, () => Promise.resolve(target), functionsFrom(process.env));
