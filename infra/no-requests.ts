/**
 * Takes the place of `got` in the bundles. taskcluster-client imports it for the requests that it sends, and the functions
 * send theirs themselves (docs/adr/0021). Without it a bundle is smaller and loads sooner.
 */
export class TimeoutError extends Error {}
export class HTTPError extends Error {}

export default function got(): never {
  throw new Error('the bundles send no requests through taskcluster-client');
}
