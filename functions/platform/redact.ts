/**
 * Patterns of what must never be logged, whatever its source: an error's message can quote a whole request. Our own
 * access token looks like any other word, so it is matched by its value.
 *
 * The text is untrusted, so the time must be linear in its length. Each expression starts with a word, followed by runs
 * of characters in which no further match can start, so each character is scanned from only a few starting points.
 */
const PATTERNS: readonly [RegExp, string][] = [
  // Hawk headers: `Hawk id="…", ts="…", nonce="…", mac="…"`.
  [/\bhawk\s+(?:[a-z]+=\\?"[^"]*\\?"(?:,\s*)?)+/gi, 'Hawk ***'],
  [/\bbewit=[^&\s"\\]+/gi, 'bewit=***'],
  [/\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}/gi, '$1 ***'],
  // AWS's signed URLs and headers.
  [/\b(X-Amz-(?:Signature|Security-Token|Credential))=[^&\s"\\]+/gi, '$1=***'],
];

/** @param secrets further words to take out, matched literally */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let redacted = text;
  for (const secret of secrets) redacted = redacted.replaceAll(secret, '***');
  redacted = redactFields(redacted);
  for (const [pattern, replacement] of PATTERNS) redacted = redacted.replaceAll(pattern, replacement);
  return redacted;
}

const FIELD = /accessToken|certificate/g;

/**
 * Takes out the values of Taskcluster's credentials in JSON, also where that JSON is a string within JSON, with one or
 * more backslashes before each quote. A value without an end is taken out up to the end of the text. (Without a regular
 * expression, which would rescan runs of backslashes from each backslash.)
 */
function redactFields(text: string): string {
  let redacted = '';
  /** Everything before this is in `redacted`. */
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

/**
 * The end of the value after a field's name; undefined if there is none, or if it is neither a string nor an object.
 */
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

/** The end of a string whose quotes have this many backslashes before them; quotes with more belong to its content. */
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
