import { algo, enc } from 'crypto-js';

/** `crypto.createHmac`, as far as Hawk uses it to sign a request. */
export function createHmac(algorithm: string, key: string) {
  if (algorithm !== 'sha256') throw new Error(`no ${algorithm}: Taskcluster signs with sha256`);
  const hmac = algo.HMAC.create(algo.SHA256, key);
  const digests = {
    update: (text: string) => {
      hmac.update(text);
      return digests;
    },
    digest: () => hmac.finalize().toString(enc.Base64),
  };
  return digests;
}

/** `crypto.randomBytes`, for the nonce, which Hawk converts to base64. */
export function randomBytes(size: number): { toString(): string } {
  const bytes = crypto.getRandomValues(new Uint8Array(size));
  return { toString: () => btoa(String.fromCharCode(...bytes)) };
}
