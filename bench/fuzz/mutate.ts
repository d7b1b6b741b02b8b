import type { Random } from '../../local/push/random.ts';

type Container = Record<string, unknown> | unknown[];

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** A random replacement value. `words` are those with a meaning in the push. */
function junk(random: Random, words: readonly string[]): unknown {
  const choices: (() => unknown)[] = [
    () => null,
    () => true,
    () => [0, -1, 1.5, 1e308, 2, 100, 101, 2 ** 53][random.integer(8)],
    () => '',
    () => words[random.integer(words.length)],
    () => words[random.integer(words.length)],
    () => random.slugid(),
    () => `${words[random.integer(words.length)]}\u0000`,
    () => 'x'.repeat(10 ** random.integer(5)),
    () => '\\"'.repeat(10 ** random.integer(4)),
    () => [],
    () => ({}),
    () => [words[random.integer(words.length)], words[random.integer(words.length)]],
    () => ({ tasks: [words[random.integer(words.length)]], times: random.integer(120) }),
    () => nested(random.integer(300)),
  ];
  return choices[random.integer(choices.length)]?.();
}

function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { a: value };
  return value;
}

/** The value with one to four random changes: something replaced, removed, duplicated or inserted. */
export function mutated(value: unknown, random: Random, words: readonly string[]): unknown {
  const copy = structuredClone(value);
  for (let change = random.integer(4); change >= 0; change--) {
    const place = containers(copy);
    const at = place[random.integer(place.length)];
    if (at) mutate(at, random, words);
  }
  return copy;
}

function mutate(at: Container, random: Random, words: readonly string[]): void {
  const keys = Object.keys(at);
  const key = keys[random.integer(keys.length)] ?? 'more';
  const kind = random.integer(6);
  if (Array.isArray(at)) {
    if (kind === 0) at.splice(Number(key) || 0, 1);
    else if (kind === 1) at.push(...structuredClone(at));
    else if (kind === 2) at.push(junk(random, words));
    else at[Number(key) || 0] = junk(random, words);
    return;
  }
  if (kind === 0) delete at[key];
  else if (kind === 1) at[words[random.integer(words.length)] ?? 'more'] = junk(random, words);
  else at[key] = junk(random, words);
}

/** Every object and list in a value, including itself, up to a limit. */
function containers(value: unknown): Container[] {
  const found: Container[] = isContainer(value) ? [value] : [];
  for (let at = 0; at < found.length && found.length < 500; at++) {
    for (const child of Object.values(found[at] ?? {})) if (isContainer(child)) found.push(child);
  }
  return found;
}

/** The text with some characters changed; it may no longer be JSON. */
export function garbled(text: string, random: Random): string {
  const at = random.integer(text.length);
  const piece =
    ['"', '\\', '{', ']', ',', '\u0000', '\ud800', '1e999', '[['.repeat(300)][random.integer(9)] ?? '';
  return random.integer(5) === 0
    ? text.slice(0, at)
    : text.slice(0, at) + piece + text.slice(at + random.integer(3));
}
