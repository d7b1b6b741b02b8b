import { Ajv, type Schema } from 'ajv';
import addFormats from 'ajv-formats';

import { isObject } from '../../../functions/tasks/shapes.ts';
import { ApiError } from './api-error.ts';

/** Checks a request's body and fills in top-level defaults; throws InputValidationError with every violation. */
export type Validator<Body> = (body: unknown) => Body;

const ajv = new Ajv({ useDefaults: true, allErrors: true, strict: false });
addFormats.default(ajv);

/**
 * @param name the schema's name in error messages, e.g. `queue/v1/create-task-request`
 * @param schema the parts of the published schema that matter here; must describe `Body`
 */
export function inputSchema<Body>(name: string, schema: Schema): Validator<Body> {
  const validate = ajv.compile<Body>(schema);
  return (original) => {
    // Defaults go into a copy, because the call log keeps what was sent.
    const body: unknown = isObject(original) ? { ...original } : original;
    if (validate(body)) return body;
    const errors = (validate.errors ?? []).map((error) => {
      const property: unknown = error.params['additionalProperty'];
      const detail = property === undefined ? '' : `: ${JSON.stringify(property)}`;
      return { ...error, message: `${error.message ?? 'is not valid'}${detail}` };
    });
    const text = ajv.errorsText(errors, { separator: '\n  * ' });
    throw new ApiError(
      'InputValidationError',
      `\nSchema Validation Failed!\nRejecting Schema: /schemas/${name}.json#\nErrors:\n  * ${text}`,
    );
  };
}
