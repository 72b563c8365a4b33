// The settings that every step has, as schemas. The server's schema of scenarios says the same.
import type { Schema } from './kind';

const duration: Schema = { $ref: '#/$defs/duration' };

const retry: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    attempts: { type: 'integer', default: 3 },
    backoff: duration,
    factor: { type: 'number', default: 2 },
    max: duration,
    when: { $ref: '#/$defs/condition' },
  },
};

export const common = {
  root: { $defs: { duration: { type: ['string', 'number'] }, condition: { type: ['string', 'boolean'] } } } as Schema,
  retry: { oneOf: [{ type: 'integer' }, retry] } as Schema,
  on_error: {
    oneOf: [
      { const: 'fail' },
      { const: 'ignore' },
      { const: 'stop' },
      { const: 'hold' },
      { type: 'object', additionalProperties: false, required: ['use'], properties: { use: {} } },
    ],
  } as Schema,
  timeout: duration,
};
