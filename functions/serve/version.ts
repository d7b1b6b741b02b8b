import { readFile } from 'node:fs/promises';

/** The version of the bundle, for Dockerflow's /__version__; `npm run bundle` writes it next to the bundle. */
export async function readVersion(): Promise<object> {
  try {
    const version: object = JSON.parse(await readFile(new URL('version.json', import.meta.url), 'utf8'));
    return version;
  } catch {
    return { source: 'a checkout', version: '', commit: '', build: '' };
  }
}
