import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../support/local-server.ts';
import { runNode, runScript } from '../support/scripts.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

/** The result of a run that has ended. */
async function outcome({ printed, closed }: ReturnType<typeof runNode>) {
  return { code: await closed, ...printed };
}

describe('before the first line of a script', () => {
  it('an old Node prints where to get the new one', async () => {
    const old = await write(
      'old-node.cjs',
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });",
    );
    const script = await write('script.mjs', "console.log('it runs');");
    expect(await outcome(runNode(['-r', old, '-r', './cli/preflight.cjs', script]))).toStrictEqual({
      code: 1,
      out: '',
      err: 'This needs Node 24 and runs on Node 20.20.2. `npm ci` installs Node 24 with the other dependencies, unless it is given --ignore-scripts.\n',
    });
  });

  it.each([
    ['is imported', "import 'taskcluster-client';"],
    ['is a scoped one', "import '@scope/name/file.js';"],
    [
      'is required',
      "import { createRequire } from 'node:module'; createRequire(import.meta.url)('serverless');",
    ],
  ])('a dependency that %s and not there is named', async (_how, text) => {
    const script = await write('script.mjs', text);
    const { code, err } = await outcome(runNode(['-r', './cli/preflight.cjs', script]));
    expect(code).toBe(1);
    expect(err).toMatch(/^(taskcluster-client|@scope\/name|serverless) is not installed\. `npm ci` .*\n$/);
  });

  it.each(['./gone.mjs', 'node:gone'])('a bug still ends in a stack trace: %s', async (name) => {
    const script = await write('script.mjs', `import '${name}';`);
    const { code, err } = await outcome(runNode(['-r', './cli/preflight.cjs', script]));
    expect(code).toBe(1);
    expect(err).toContain('    at ');
  });
});

describe.each(['start', 'local'])('npm run %s', (name) => {
  it('says that the port is taken', async () => {
    const server = createServer();
    const port = await listen(server);
    const { code, err } = await outcome(await runScript(name, ['--port', String(port)]));
    server.close();
    expect({ code, err }).toStrictEqual({
      code: 1,
      err: `listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`,
    });
  });

  it('says which file of a push is missing', async () => {
    const { code, err } = await outcome(await runScript(name, ['--push', '/nowhere']));
    expect({ code, err }).toStrictEqual({
      code: 1,
      err: expect.stringMatching(/^\S+: there is no such file in \/nowhere\n$/),
    });
  });
});

it('npm run test:contract says that the reference material is missing', async () => {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'contract'];
  const { code, err } = await outcome(runNode(args, { TASKCLUSTER_REFERENCES: '/nowhere/references.json' }));
  expect(code).toBe(1);
  expect(err).toMatch(/^The contract tests need .*; there is no \/nowhere\/references\.json.*\.\n$/);
});
