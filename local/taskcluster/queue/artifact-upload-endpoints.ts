import { isDeepStrictEqual } from 'node:util';

import { ApiError } from '../http/api-error.ts';
import { Api, type Endpoint, type Reply } from '../http/endpoint.ts';
import { createArtifactInput, finishArtifactInput, type CreateArtifactBody } from './artifact-input.ts';
import type { Artifact, ArtifactDetails } from './artifact-store.ts';
import type { QueueContext } from './queue.ts';
import { notFound } from './task-endpoints.ts';
import { taskStatus, type Run, type Task } from './task.ts';

const api = new Api('queue');
const MINUTE_MS = 60 * 1000;

/** createArtifact and finishArtifact. */
export function artifactUploadEndpoints(context: QueueContext): Endpoint[] {
  const { store, artifacts, now } = context;
  return [
    api.methodWithInput('createArtifact', createArtifactInput, (request) => {
      const runId = Number(request.param('runId'));
      const artifact = describe(request.param('name'), request.body);
      if (Date.parse(artifact.expires) < now() - 15 * MINUTE_MS) {
        throw new ApiError('InputError', 'Expires must be in the future');
      }
      const task = store.tasks.get(request.param('taskId'));
      if (!task) throw new ApiError('InputError', 'Task not found');
      checkRun(task, task.runs[runId], artifact, now());
      const original = artifacts.get(task.taskId, runId, artifact.name);
      const stored = original ? replace(original, artifact) : artifact;
      artifacts.set(task.taskId, runId, stored);
      return uploadAnswer(context, task, runId, stored);
    }),
    api.methodWithInput('finishArtifact', finishArtifactInput, (request) => {
      const taskId = request.param('taskId');
      const runId = Number(request.param('runId'));
      const artifact = artifacts.get(taskId, runId, request.param('name'));
      if (!artifact)
        throw notFound(
          `Artifact with taskId \`${taskId}\`, runId ${runId}, name \`${request.param('name')}\` not found`,
        );
      throw new ApiError('InputError', 'Only object artifacts can be finished');
    }),
  ];
}

function describe(name: string, body: CreateArtifactBody): Artifact {
  const contentType = ('contentType' in body ? body.contentType : undefined) ?? 'application/binary';
  const artifact: Artifact = {
    name,
    contentType,
    expires: new Date(body.expires).toJSON(),
    details: detailsOf(body),
  };
  if ('contentLength' in body && body.contentLength !== undefined)
    artifact.contentLength = body.contentLength;
  return artifact;
}

function detailsOf(body: CreateArtifactBody): ArtifactDetails {
  switch (body.storageType) {
    case 's3':
      return { storageType: 's3' };
    case 'object':
      throw new ApiError('InputError', 'The local Taskcluster has no object service; use storageType s3');
    case 'reference':
      return { storageType: 'reference', url: body.url };
    case 'link':
      return { storageType: 'link', artifact: body.artifact };
    case 'error':
    default:
      return { storageType: 'error', reason: body.reason, message: body.message };
  }
}

function checkRun(task: Task, run: Run | undefined, artifact: Artifact, now: number): void {
  if (!run) throw new ApiError('InputError', 'Run not found');
  if (run.workerGroup === undefined) {
    throw new ApiError('InputError', 'Run was not claimed by a worker and so no artifacts can exist');
  }
  const { expires } = task.definition;
  if (Date.parse(artifact.expires) > Date.parse(expires)) {
    throw new ApiError(
      'InputError',
      `Artifact expires (${artifact.expires}) after the task expiration ${expires} (task.expires < expires) - ` +
        'this is not allowed, artifacts may not expire after the task they belong to expires',
    );
  }
  if (run.state === 'running') return;
  // Logs may still be uploaded for a while after a worker has given up.
  const lateAllowed = run.state === 'exception' && Date.parse(run.resolved ?? '') > now - 25 * MINUTE_MS;
  if (lateAllowed) return;
  throw new ApiError(
    'RequestConflict',
    "Artifacts cannot be created for a task after it is resolved, unless it is resolved 'exception', and even in " +
      'this case only up to 25 min past resolution.This to ensure that artifacts have been uploaded before a task ' +
      `is 'completed' and output is consumed by a dependent task\n\nTask status: ${JSON.stringify(taskStatus(task), null, 2)}`,
  );
}

/** A repeat may extend `expires`, renew a reference, or turn a reference into a link; anything else is a conflict. */
function replace(original: Artifact, artifact: Artifact): Artifact {
  const from = original.details;
  const to = artifact.details;
  const sameContentType = to.storageType === 'link' || original.contentType === artifact.contentType;
  const allowed =
    from.storageType === to.storageType
      ? to.storageType === 'reference' || isDeepStrictEqual(from, to)
      : from.storageType === 'reference' && to.storageType === 'link';
  if (sameContentType && allowed && original.expires <= artifact.expires) {
    return { ...original, expires: artifact.expires, details: to };
  }
  const { contentType, expires } = original;
  const properties = JSON.stringify({ storageType: from.storageType, contentType, expires }, null, 2);
  throw new ApiError(
    'RequestConflict',
    `Artifact already exists with different properties, and none of the allowed exceptions apply: ${properties}`,
  );
}

function uploadAnswer(context: QueueContext, task: Task, runId: number, artifact: Artifact): Reply {
  const { artifacts, now } = context;
  const { storageType } = artifact.details;
  if (artifact.details.storageType === 's3') {
    const expires = new Date(now() + 45 * MINUTE_MS).toJSON();
    const putUrl = artifacts.putUrl(task.taskId, runId, artifact);
    return { json: { storageType, contentType: artifact.contentType, expires, putUrl } };
  }
  return { json: { storageType } };
}
