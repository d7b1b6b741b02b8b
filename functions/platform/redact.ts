/**
 * What must never be in a log, wherever it may have come from: an error's message can quote a whole request. Our own
 * access token looks like any other word, so that one is known by its value.
 *
 * The text may be anybody's, so the time is linear in its length. Each of these expressions begins with a word, and what
 * follows it are runs of characters that hold no further such beginning: no character is looked at from more than a
 * few beginnings.
 */
const PATTERNS: readonly [RegExp, string][] = [
  // Hawk headers: `Hawk id="…", ts="…", nonce="…", mac="…"`.
  [/\bhawk\s+(?:[a-z]+=\\?"[^"]*\\?"(?:,\s*)?)+/gi, 'Hawk ***'],
  [/\bbewit=[^&\s"\\]+/gi, 'bewit=***'],
  [/\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}/gi, '$1 ***'],
  // AWS's signed URLs and headers.
  [/\b(X-Amz-(?:Signature|Security-Token|Credential))=[^&\s"\\]+/gi, '$1=***'],
];

/** @param secrets words to take out as well, as they stand */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let redacted = text;
  for (const secret of secrets) redacted = redacted.replaceAll(secret, '***');
  redacted = redactFields(redacted);
  for (const [pattern, replacement] of PATTERNS) redacted = redacted.replaceAll(pattern, replacement);
  return redacted;
}

const FIELD = /accessToken|certificate/g;

/**
 * Takes out the values of Taskcluster's credentials in JSON, also where that JSON is a string within JSON, so that a
 * backslash or several stand before each quote. A value that does not end is taken out to the end of the text. (By
 * hand: an expression for this looks at every backslash from each backslash before it.)
 */
function redactFields(text: string): string {
  let redacted = '';
  /** What lies before this is in `redacted`. */
  let done = 0;
  for (const { 0: name, index } of text.matchAll(FIELD)) {
    const quote = skipBackslashes(text, index + name.length);
    if (index < done || text[index - 1] !== '"' || text[quote] !== '"') continue;
    const value = valueAfter(text, quote + 1);
    if (value === undefined) continue;
    redacted += `${text.slice(done, quote + 1)}: "***"`;
    done = value;
  }
  return redacted + text.slice(done);
}

/** Where the value ends that follows a field's name; undefined if none does, or it is neither a string nor an object. */
function valueAfter(text: string, from: number): number | undefined {
  const colon = skipSpace(text, from);
  if (text[colon] !== ':') return undefined;
  const start = skipSpace(text, colon + 1);
  if (text[start] === '{') {
    const end = text.indexOf('}', start);
    return end < 0 ? text.length : end + 1;
  }
  const quote = skipBackslashes(text, start);
  return text[quote] === '"' ? endOfString(text, quote + 1, quote - start) : undefined;
}

/** Where a string ends whose quotes have so many backslashes before them; more of them belong to its content. */
function endOfString(text: string, from: number, backslashes: number): number {
  let before = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') before++;
    else if (text[at] === '"' && before <= backslashes) return at + 1;
    else before = 0;
  }
  return text.length;
}

function skipBackslashes(text: string, from: number): number {
  let at = from;
  while (text[at] === '\\') at++;
  return at;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? '')) at++;
  return at;
}
