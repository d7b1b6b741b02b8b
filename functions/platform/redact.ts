/**
 * What must never be in a log, wherever it may have come from: an error's message can quote a whole request. Our own
 * access token looks like any other word, so that one is known by its value.
 */
const PATTERNS: readonly [RegExp, string][] = [
  // Hawk headers: `Hawk id="…", ts="…", nonce="…", mac="…"`.
  [/\bhawk\s+(?:[a-z]+=\\?"[^"]*\\?"(?:,\s*)?)+/gi, 'Hawk ***'],
  [/\bbewit=[^&\s"\\]+/gi, 'bewit=***'],
  [/\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}/gi, '$1 ***'],
  // Taskcluster credentials in JSON, also where that JSON is a string within JSON.
  [
    /(\\*")(accessToken|certificate)\1\s*:\s*(?:\{[^}]*\}|(\\*")(?:(?!(?<!\\)\3).)*(?<!\\)\3)/g,
    '$1$2$1: "***"',
  ],
  // AWS's signed URLs and headers.
  [/\b(X-Amz-(?:Signature|Security-Token|Credential))=[^&\s"\\]+/gi, '$1=***'],
];

/** @param secrets words to take out as well, as they stand */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let redacted = text;
  for (const secret of secrets) redacted = redacted.replaceAll(secret, '***');
  for (const [pattern, replacement] of PATTERNS) redacted = redacted.replaceAll(pattern, replacement);
  return redacted;
}
