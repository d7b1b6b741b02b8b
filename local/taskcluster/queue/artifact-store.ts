import { createHmac, randomBytes } from 'node:crypto';

import { sameText } from '../auth/hawk.ts';

/** Where an artifact's bytes are, by its storage type. */
export type ArtifactDetails =
  | { storageType: 's3' }
  | { storageType: 'reference'; url: string }
  | { storageType: 'link'; artifact: string }
  | { storageType: 'error'; reason: string; message: string };

export interface Artifact {
  name: string;
  contentType: string;
  /** ISO timestamp. */
  expires: string;
  contentLength?: number;
  details: ArtifactDetails;
}

/** The data behind an artifact. */
export interface StoredData {
  contentType: string;
  contentEncoding?: string;
  /**
   * Bytes; JSON content of a loaded push, which is serialized when it is first requested; or bytes made on request. The
   * others are hostile: a redirect, and a body generated while it is sent.
   */
  content:
    | { bytes: Buffer }
    | { json: unknown }
    | { lazy: () => Buffer }
    | { redirect: string }
    | { stream: () => Iterable<Buffer> | AsyncIterable<Buffer> };
}

/** Artifacts of all runs, and their data behind URLs that are signed as S3's are. */
export class ArtifactStore {
  readonly #runs = new Map<string, Map<string, Artifact>>();
  readonly #data = new Map<string, StoredData>();
  readonly #secret = randomBytes(32);
  #baseUrl = '';

  /** Root of the data URLs; known once the server listens. */
  set baseUrl(url: string) {
    this.#baseUrl = url;
  }

  get(taskId: string, runId: number, name: string): Artifact | undefined {
    return this.#runs.get(`${taskId}/${runId}`)?.get(name);
  }

  set(taskId: string, runId: number, artifact: Artifact): void {
    const key = `${taskId}/${runId}`;
    const run = this.#runs.get(key);
    if (run) run.set(artifact.name, artifact);
    else this.#runs.set(key, new Map([[artifact.name, artifact]]));
  }

  list(taskId: string, runId: number): Artifact[] {
    const run = this.#runs.get(`${taskId}/${runId}`);
    return run ? [...run.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)) : [];
  }

  data(key: string): StoredData | undefined {
    return this.#data.get(key);
  }

  setData(key: string, data: StoredData): void {
    this.#data.set(key, data);
  }

  putUrl(taskId: string, runId: number, { name, contentType }: Artifact): string {
    const key = dataKey(taskId, runId, name);
    return `${this.#url(key)}?signature=${this.#sign('PUT', key, contentType)}`;
  }

  /** Public artifacts have plain URLs. */
  getUrl(taskId: string, runId: number, { name }: Artifact): string {
    const key = dataKey(taskId, runId, name);
    return name.startsWith('public/')
      ? this.#url(key)
      : `${this.#url(key)}?signature=${this.#sign('GET', key, '')}`;
  }

  mayPut(key: string, contentType: string, signature: string): boolean {
    return sameText(signature, this.#sign('PUT', key, contentType));
  }

  mayGet(key: string, signature: string): boolean {
    const [, , name] = /^([^/]+\/\d+)\/(.*)$/s.exec(key) ?? [];
    return name?.startsWith('public/') === true || sameText(signature, this.#sign('GET', key, ''));
  }

  #url(key: string): string {
    return `${this.#baseUrl}/${key.split('/').map(encodeURIComponent).join('/')}`;
  }

  #sign(method: string, key: string, contentType: string): string {
    return createHmac('sha256', this.#secret).update(`${method}\n${key}\n${contentType}`).digest('base64url');
  }
}

export function dataKey(taskId: string, runId: number, name: string): string {
  return `${taskId}/${runId}/${name}`;
}
