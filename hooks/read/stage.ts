import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isObject, type JsonObject } from './definition.ts';

/** The functions' settings in a stage's file; `${env:…}` is not filled in. */
interface Stage {
  /** the file, for messages */
  name: string;
  worker: Record<string, string>;
  trigger: Record<string, string>;
}

/** The stage `level<level>`, which deploys the functions for that level; empty if there is no such file. */
export function readStage(level: number): Stage {
  const name = `infra/stages/level${level}.yml`;
  let value: unknown;
  try {
    value = parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));
  } catch {
    // The code that needs a value reports what is missing, and what to do.
  }
  const stage = isObject(value) ? value : {};
  const both = textsOf(stage, 'both');
  return {
    name,
    worker: { ...both, ...textsOf(stage, 'worker') },
    trigger: { ...both, ...textsOf(stage, 'trigger') },
  };
}

function textsOf(stage: JsonObject, section: string): Record<string, string> {
  const { [section]: settings } = stage;
  const entries = isObject(settings) ? Object.entries(settings) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
