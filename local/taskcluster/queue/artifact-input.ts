import { inputSchema } from '../http/input-schema.ts';
import { SLUGID } from '../slugid.ts';

/** A body of createArtifact. */
export type CreateArtifactBody = { expires: string } & (
  | { storageType: 's3' | 'object'; contentType: string; contentLength?: number }
  | { storageType: 'reference'; contentType: string; url: string }
  | { storageType: 'link'; contentType?: string; artifact: string }
  | { storageType: 'error'; reason: string; message: string }
);

const contentType = { type: 'string', maxLength: 255 };
const contentLength = { type: 'integer', minimum: 0 };

function storage(storageTypes: string[], required: string[], properties: object): object {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['storageType', 'expires', ...required],
    properties: {
      storageType: { enum: storageTypes },
      expires: { type: 'string', format: 'date-time' },
      ...properties,
    },
  };
}

export const createArtifactInput = inputSchema<CreateArtifactBody>('queue/v1/post-artifact-request', {
  oneOf: [
    storage(['s3', 'object'], ['contentType'], { contentType, contentLength }),
    storage(['reference'], ['contentType', 'url'], { contentType, url: { type: 'string', format: 'uri' } }),
    storage(['link'], ['artifact'], { contentType, artifact: { type: 'string' } }),
    storage(['error'], ['reason', 'message'], {
      message: { type: 'string', maxLength: 4096 },
      reason: {
        enum: [
          'file-missing-on-worker',
          'invalid-resource-on-worker',
          'too-large-file-on-worker',
          'file-not-readable-on-worker',
        ],
      },
    }),
  ],
});

export const finishArtifactInput = inputSchema<{ uploadId: string }>('queue/v1/finish-artifact-request', {
  type: 'object',
  additionalProperties: false,
  required: ['uploadId'],
  properties: { uploadId: { type: 'string', pattern: SLUGID.source } },
});
