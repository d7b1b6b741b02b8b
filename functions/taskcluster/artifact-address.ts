import type { TaskId } from '../tasks/names.ts';

/** Query parameters that only sign a URL, with the names that S3, Google and CloudFront use. */
const SIGNATURE = /^(x-amz-|x-goog-|(awsaccesskeyid|googleaccessid|key-pair-id|signature|expires|policy)$)/i;

/**
 * The storage URL of an artifact without its signature, so that two answers of the queue for the same bytes give the
 * same address.
 *
 * @param answer of getLatestArtifact
 * @returns undefined for what the deployment does not store itself: the content behind a `reference` may change at any
 *   time
 */
export function artifactAddress({ storageType, url }: Record<string, unknown>): string | undefined {
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  if (!parsed || (storageType !== 's3' && storageType !== 'object')) return undefined;
  for (const name of new Set(parsed.searchParams.keys()))
    if (SIGNATURE.test(name)) parsed.searchParams.delete(name);
  parsed.searchParams.sort();
  parsed.hash = '';
  return parsed.href;
}

/** Whether an address names the run that made the artifact, so that another run's bytes have another address. */
export function namesRun(address: string, taskId: TaskId, runId: number): boolean {
  const path = decoded(new URL(address).pathname);
  return path?.includes(`/${taskId}/${runId}/`) ?? false;
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
