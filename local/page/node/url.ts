/** `url.parse`. The browser's URL has the same field names. */
export function parse(url: string): URL {
  return new URL(url);
}
