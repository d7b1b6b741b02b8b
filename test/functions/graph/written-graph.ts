import * as fc from 'fast-check';

/** JSON as someone may have written it: keys may be repeated, in any order. */
export type Written =
  { members: [string, Written][] } | { items: Written[] } | { value: string | number | boolean | null };

/** Few labels, so that entries depend on each other. */
const label = fc.oneof(
  fc.constantFrom('build', 'image', 'test-1', 'signing', '__proto__', 'dependencies'),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);

const scalar: fc.Arbitrary<Written> = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.toWellFormed()),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  )
  .map((value) => ({ value }));

const { any } = fc.letrec<{ any: Written }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('any'), { maxLength: 4 }).map((items) => ({ items })),
    fc
      .array(fc.tuple(fc.string({ maxLength: 5 }), tie('any')), { maxLength: 4 })
      .map((members) => ({ members })),
  ),
}));

const value = (of: fc.Arbitrary<string>): fc.Arbitrary<Written> => of.map((text) => ({ value: text }));

/** Edges to labels, most of which are in the graph. */
const dependencies: fc.Arbitrary<Written> = fc
  .array(fc.tuple(label, value(label)), { maxLength: 3 })
  .map((members) => ({ members }));

/** What taskgraph writes, sometimes with wrong, additional or repeated parts. */
const entryOf = (name: string): fc.Arbitrary<Written> =>
  fc
    .tuple(
      fc.shuffledSubarray<[string, fc.Arbitrary<Written>]>(
        [
          ['kind', value(fc.constant('test'))],
          ['label', value(fc.constant(name))],
          ['description', scalar],
          ['attributes', any],
          ['optimization', any],
          ['soft_dependencies', any],
          ['task', any],
          ['dependencies', dependencies],
          ['x', any],
        ],
        { minLength: 7 },
      ),
      dependencies,
      fc.boolean(),
    )
    .chain(([fields, own, first]) => {
      const field: [string, fc.Arbitrary<Written>] = ['dependencies', fc.constant(own)];
      const all = first ? [field, ...fields] : [...fields, field];
      return fc.tuple(...all.map(([key, one]) => one.map((made): [string, Written] => [key, made])));
    })
    .map((members) => ({ members }));

export const writtenGraph: fc.Arbitrary<Written> = fc
  .array(
    label.chain((name) => entryOf(name).map((entry): [string, Written] => [name, entry])),
    { maxLength: 6 },
  )
  .map((members) => ({ members }));

/** Choices (numbers from 0 to below a bound) about how JSON is written: spaces, escapes. */
export type Whim = (below: number) => number;

export const whim: fc.Arbitrary<Whim> = fc
  .array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 30 })
  .map((draws) => {
    let at = 0;
    return (below) => (draws[at++ % draws.length] ?? 0) % below;
  });

export function write(written: Written, choose: Whim): string {
  const space = (): string => ['', '', ' ', '\n  ', '\t\r\n'][choose(5)] ?? '';
  const list = (open: string, parts: string[], close: string): string =>
    open + space() + parts.join(`${space()},${space()}`) + space() + close;
  if ('value' in written)
    return typeof written.value === 'string' ? quote(written.value, choose) : JSON.stringify(written.value);
  if ('items' in written)
    return list(
      '[',
      written.items.map((item) => write(item, choose)),
      ']',
    );
  const members = written.members.map(
    ([key, member]) => `${quote(key, choose)}${space()}:${space()}${write(member, choose)}`,
  );
  return list('{', members, '}');
}

/** A string in JSON, with more escapes than it needs. */
function quote(text: string, choose: Whim): string {
  const units = Array.from(text.split(''), (unit) => {
    if (choose(4) > 0 && unit !== '"') return JSON.stringify(unit).slice(1, -1);
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  // Half of a surrogate pair, unescaped, would not be UTF-8.
  return text.split('').some((unit) => !unit.isWellFormed()) ? JSON.stringify(text) : `"${units.join('')}"`;
}
