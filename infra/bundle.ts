/**
 * Bundles each function into dist/<function>/handler.mjs, one file with its source map that needs nothing from
 * node_modules at run time, and `npm run serve` into dist/serve.mjs, with dist/version.json next to it.
 * dist/<function>/meta.json has the sizes, per dependency.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { runCommand } from '../cli/command.ts';

// Some dependencies are CommonJS and call `require`, which an ES module does not have.
const BANNER =
  "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);";

const FUNCTIONS = ['trigger', 'worker'];

/** @param metafile file for the sizes @returns the bundle's size in bytes */
async function bundleFile(entry: string, outfile: string, metafile: string): Promise<number> {
  await mkdir(dirname(metafile), { recursive: true });
  const result = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: BANNER },
    alias: { got: fileURLToPath(new URL('./no-requests.ts', import.meta.url)) },
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  for (const { path, contents } of result.outputFiles) await replaceFile(path, contents);
  await replaceFile(metafile, JSON.stringify(result.metafile));
  const [size] = Object.entries(result.metafile.outputs).flatMap(([file, output]) =>
    file.endsWith('.mjs') ? [output.bytes] : [],
  );
  return size ?? 0;
}

/** Replaces a file atomically: another process may be loading the previous bundle. */
async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, content);
  await rename(unfinished, path);
}

/** @returns the bundle's size in bytes, by function */
export async function bundleFunctions(outdir: string): Promise<Map<string, number>> {
  const sizes = await Promise.all(
    FUNCTIONS.map(async (name): Promise<[string, number]> => {
      const folder = `${outdir}/${name}`;
      return [
        name,
        await bundleFile(`functions/${name}/handler.ts`, `${folder}/handler.mjs`, `${folder}/meta.json`),
      ];
    }),
  );
  return new Map(sizes);
}

/** @returns the bundle's size in bytes */
export async function bundleServe(outdir: string): Promise<number> {
  const size = await bundleFile(
    'functions/serve/main.ts',
    `${outdir}/serve.mjs`,
    `${outdir}/serve/meta.json`,
  );
  await replaceFile(`${outdir}/version.json`, JSON.stringify(await versionOf(process.env)));
  return size;
}

/**
 * The version in Mozilla's Dockerflow format. Without git, as when building an image, it comes from SOURCE, COMMIT and
 * BUILD.
 */
async function versionOf(env: NodeJS.ProcessEnv) {
  const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'));
  const commit = env['COMMIT'] ?? (await git('rev-parse', 'HEAD'));
  const source = env['SOURCE'] ?? (await git('remote', 'get-url', 'origin'));
  return { source, version, commit, build: env['BUILD'] ?? '' };
}

/** @returns an empty string if git cannot tell */
async function git(...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)('git', args)).stdout.trim();
  } catch {
    return '';
  }
}

if (import.meta.main) {
  await runCommand(
    {
      script: 'bundle',
      about: 'Bundles each function into dist/<function>/handler.mjs, and serve into dist/serve.mjs.',
      options: {},
    },
    async () => {
      for (const [name, bytes] of await bundleFunctions('dist')) {
        console.log(`dist/${name}/handler.mjs  ${Math.round(bytes / 1024)} KB`);
      }
      console.log(`dist/serve.mjs  ${Math.round((await bundleServe('dist')) / 1024)} KB`);
    },
  );
}
