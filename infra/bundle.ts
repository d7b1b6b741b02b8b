/**
 * Bundles each function into dist/<function>/handler.mjs: one file, with its source map, and nothing in node_modules
 * that it needs at run time. `npm run bundle` writes the sizes as well, per dependency, to dist/<function>/meta.json.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { runCommand } from '../cli/command.ts';

// Some dependencies are CommonJS and call `require`, which an ES module does not have.
const BANNER =
  "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);";

const FUNCTIONS = ['trigger', 'worker'];

async function bundleFunction(name: string, outdir: string): Promise<number> {
  const folder = `${outdir}/${name}`;
  await mkdir(folder, { recursive: true });
  const result = await build({
    entryPoints: [`functions/${name}/handler.ts`],
    outfile: `${folder}/handler.mjs`,
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
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  for (const { path, contents } of result.outputFiles) await replaceFile(path, contents);
  await replaceFile(`${folder}/meta.json`, JSON.stringify(result.metafile));
  const [size] = Object.entries(result.metafile.outputs).flatMap(([file, output]) =>
    file.endsWith('.mjs') ? [output.bytes] : [],
  );
  return size ?? 0;
}

/** Writes a file at one stroke: another process may be loading the bundle that was there before. */
async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, content);
  await rename(unfinished, path);
}

/** @returns the bundle's size in bytes, by function */
export async function bundleFunctions(outdir: string): Promise<Map<string, number>> {
  const sizes = await Promise.all(
    FUNCTIONS.map(async (name): Promise<[string, number]> => [name, await bundleFunction(name, outdir)]),
  );
  return new Map(sizes);
}

if (import.meta.main) {
  await runCommand(
    { script: 'bundle', about: 'Bundles each function into dist/<function>/handler.mjs.', options: {} },
    async () => {
      for (const [name, bytes] of await bundleFunctions('dist')) {
        console.log(`dist/${name}/handler.mjs  ${Math.round(bytes / 1024)} KB`);
      }
    },
  );
}
