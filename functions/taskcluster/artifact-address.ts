import type { TaskId } from '../tasks/names.ts';

/** What makes a URL valid for a while, and says nothing of the bytes behind it: S3, Google's and CloudFront's names. */
const SIGNATURE = /^(x-amz-|x-goog-|(awsaccesskeyid|googleaccessid|key-pair-id|signature|expires|policy)$)/i;

/**
 * The storage URL of an artifact without its signature: what two answers of the queue have in common that lead to the
 * same bytes.
 *
 * @param answer of getLatestArtifact
 * @returns undefined for what the deployment has not stored itself: behind a `reference` anything may be at any time
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

/** Whether an address names the run that has made the artifact, so that another run's bytes are at another one. */
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
