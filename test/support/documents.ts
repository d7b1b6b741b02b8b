import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** All pages for people, as paths from the project's folder. */
export async function documents(): Promise<string[]> {
  return [
    ...(await readdir('.')).filter((name) => name.endsWith('.md')),
    ...(await readdir('docs', { recursive: true }))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name)),
  ];
}
