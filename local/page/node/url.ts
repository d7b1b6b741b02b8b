/** `url.parse`, for which the browser's own URL has the same field names. */
export function parse(url: string): URL {
  return new URL(url);
}
