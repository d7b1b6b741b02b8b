import { ApiError } from '../http/api-error.ts';
import { Api, type ApiRequest, type Endpoint, type Reply } from '../http/endpoint.ts';
import { continuation, paginate } from '../http/pagination.ts';
import type { Artifact } from './artifact-store.ts';
import type { QueueContext } from './queue.ts';
import { notFound } from './task-endpoints.ts';

const api = new Api('queue');

/** All methods that read artifacts: their data, their content URLs, and lists of them. */
export function artifactEndpoints(context: QueueContext): Endpoint[] {
  const { store, artifacts } = context;

  const latestRunId = (request: ApiRequest): number => {
    const task = store.tasks.get(request.param('taskId'));
    if (!task) throw notFound('Task not found');
    if (task.runs.length === 0) throw notFound("Task doesn't have any runs");
    return task.runs.length - 1;
  };
  /** Checks the scopes before it answers that there is no such task. */
  const latestAllowed = (request: ApiRequest): number => {
    request.authorize({ names: [request.param('name')] });
    return latestRunId(request);
  };
  const list = (request: ApiRequest, runId: number): Reply => {
    const page = paginate(artifacts.list(request.param('taskId'), runId), request.query);
    return { json: { artifacts: page.rows.map(artifactJson), ...continuation(page) } };
  };
  const info = (request: ApiRequest, runId: number): Reply => {
    const artifact = artifacts.get(request.param('taskId'), runId, request.param('name'));
    if (!artifact) throw notFound('Artifact not found');
    return { json: artifactJson(artifact) };
  };
  return [
    api.method('getArtifact', (request) => download(context, request, givenRunId(request))),
    api.method('getLatestArtifact', (request) => download(context, request, latestAllowed(request))),
    api.method('artifact', (request) => content(context, request, givenRunId(request))),
    api.method('latestArtifact', (request) => content(context, request, latestAllowed(request))),
    api.method('listArtifacts', (request) => {
      const runId = givenRunId(request);
      if (runId > latestRunId(request)) {
        throw notFound(`Task with taskId: \`${request.param('taskId')}\` has no run with runId: ${runId}`);
      }
      return list(request, runId);
    }),
    api.method('listLatestArtifacts', (request) => list(request, latestRunId(request))),
    api.method('artifactInfo', (request) => info(request, givenRunId(request))),
    api.method('latestArtifactInfo', (request) => info(request, latestRunId(request))),
  ];
}

function givenRunId(request: ApiRequest): number {
  return Number(request.param('runId'));
}

/** The artifact with a name, following links; each name on the way needs its own scope. */
function follow({ artifacts, now }: QueueContext, request: ApiRequest, runId: number): Artifact {
  const names: string[] = [];
  let name = request.param('name');
  for (;;) {
    names.push(name);
    request.authorize({ names });
    const artifact = artifacts.get(request.param('taskId'), runId, name);
    if (!artifact) throw notFound('Artifact not found');
    if (Date.parse(artifact.expires) < now()) throw new ApiError('ResourceExpired', 'Artifact expired');
    if (artifact.details.storageType !== 'link') return artifact;
    name = artifact.details.artifact;
    if (names.includes(name)) throw new ApiError('InputError', 'Artifact leads to a link cycle');
  }
}

function download(context: QueueContext, request: ApiRequest, runId: number): Reply {
  const artifact = follow(context, request, runId);
  const { details } = artifact;
  const headers = { 'x-taskcluster-artifact-storage-type': details.storageType };
  if (details.storageType === 'error') {
    return { status: 424, headers, json: { reason: details.reason, message: details.message } };
  }
  const url = urlOf(context, request, runId, artifact);
  return {
    status: 303,
    headers: { ...headers, location: url },
    json: { storageType: details.storageType, url },
  };
}

function content(context: QueueContext, request: ApiRequest, runId: number): Reply {
  const artifact = follow(context, request, runId);
  const { details } = artifact;
  if (details.storageType === 'error') return { json: { ...details } };
  return { json: { storageType: details.storageType, url: urlOf(context, request, runId, artifact) } };
}

function urlOf({ artifacts }: QueueContext, request: ApiRequest, runId: number, artifact: Artifact): string {
  const { details } = artifact;
  return details.storageType === 'reference'
    ? details.url
    : artifacts.getUrl(request.param('taskId'), runId, artifact);
}

function artifactJson({ name, contentType, expires, contentLength, details }: Artifact): object {
  const length = contentLength === undefined ? {} : { contentLength };
  return { storageType: details.storageType, name, expires, contentType, ...length };
}
