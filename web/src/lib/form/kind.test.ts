import { expect, test } from 'vitest';

import { fitting, kindOf, type Schema } from './kind';

const root: Schema = {
  $defs: {
    expression: { type: 'string', pattern: '\\{\\{' },
    condition: { type: ['string', 'boolean'] },
    duration: { type: ['string', 'number'] },
    steps: { type: 'array' },
    retry: { type: ['object', 'integer'], properties: { attempts: { type: 'integer' } } },
  },
};
const expression = { $ref: '#/$defs/expression' };
const words: Schema = { anyOf: [{ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }, expression] };

test.each<[string, Schema, string]>([
  ['a text', { type: 'string' }, 'text'],
  ['a text that may be null', { type: ['string', 'null'] }, 'text'],
  ['a text or number', { type: ['string', 'number', 'boolean'] }, 'text'],
  ['a whole number', { type: 'integer' }, 'number'],
  ['a number or an expression', { anyOf: [{ type: 'integer' }, expression] }, 'number'],
  ['a truth', { type: 'boolean' }, 'switch'],
  ['a truth, null or an expression', { anyOf: [{ anyOf: [{ type: 'boolean' }, { type: 'null' }] }, expression] }, 'switch'],
  ['values', { enum: ['GET', 'POST'] }, 'choice'],
  ['constants', { oneOf: [{ const: 'full' }, { const: 'none' }] }, 'choice'],
  ['constants or nothing', { anyOf: [{ enum: ['json', 'text'] }, { type: 'null' }] }, 'choice'],
  ['a condition', { $ref: '#/$defs/condition' }, 'condition'],
  ['a duration', { $ref: '#/$defs/duration' }, 'duration'],
  ['steps', { $ref: '#/$defs/steps' }, 'steps'],
  ['a list', { type: 'array', items: { type: 'string' } }, 'list'],
  ['a map', { type: 'object', additionalProperties: true }, 'map'],
  ['a map or an expression', { anyOf: [{ type: ['object', 'null'] }, expression] }, 'map'],
  ['known parts', { $ref: '#/$defs/retry' }, 'parts'],
  ['no parts at all', { type: 'object', properties: {}, additionalProperties: false }, 'parts'],
  ['a text or a list of texts', words, 'variants'],
  ['anything', {}, 'any'],
])('%s', (_, schema, kind) => {
  expect(kindOf(schema, root, { module: 'x', name: 'y' }).kind).toBe(kind);
});

test('some places mean more than their schema says', () => {
  const text: Schema = { type: 'string' };
  expect(kindOf(text, root, { module: 'x', name: 'connection' }).kind).toBe('connection');
  expect(kindOf(text, root, { module: 'rhai', name: '' })).toEqual({ kind: 'code', language: 'rhai' });
  expect(kindOf(text, root, { module: 'for_each', name: 'in' }).kind).toBe('expression');
  expect(kindOf({ type: ['string', 'boolean'] }, root, { module: 'filter', name: '' }).kind).toBe('condition');
  expect(kindOf({ type: ['object', 'boolean'] }, root, { module: 'webhook', name: 'input' })).toEqual({ kind: 'code', language: 'json' });
  expect(kindOf(text, root, { module: 'email.send', name: 'html' })).toEqual({ kind: 'text', long: true });
});

test('the shape that a value has is found', () => {
  const kind = kindOf(words, root, { module: 'x', name: 'to' });
  const shapes = kind.kind === 'variants' ? kind.shapes : [];
  expect(fitting('a@example.com', shapes, root)).toBe(0);
  expect(fitting(['a@example.com'], shapes, root)).toBe(1);
  expect(fitting({}, shapes, root)).toBe(-1);
});

test('constants among other shapes become one choice', () => {
  const kind = kindOf({ oneOf: [{ const: 'fail' }, { const: 'stop' }, { type: 'object', properties: { use: {} } }] }, root, { module: '', name: '' });
  expect(kind.kind).toBe('variants');
  const shapes = kind.kind === 'variants' ? kind.shapes : [];
  expect(shapes.map((shape) => kindOf(shape, root, { module: '', name: '' }).kind)).toEqual(['choice', 'parts']);
  expect(fitting('stop', shapes, root)).toBe(0);
  expect(fitting({ use: 1 }, shapes, root)).toBe(1);
});

test('a map that must have one of several names is one shape beside a text', () => {
  const map: Schema = { type: 'object', additionalProperties: false, oneOf: [{ required: ['cron'] }, { required: ['every'] }], properties: { cron: { type: 'string' }, every: { type: 'string' } } };
  const schema: Schema = { oneOf: [{ type: 'string' }, map] };
  const kind = kindOf(schema, schema, { module: 'schedule', name: '' });
  if (kind.kind !== 'variants') throw new Error(kind.kind);
  expect(kind.shapes.map((shape) => kindOf(shape, schema, { module: 'schedule', name: '' }).kind)).toEqual(['text', 'parts']);
  expect(fitting('every day at 9:00', kind.shapes, schema)).toBe(0);
  expect(fitting({ cron: '0 9 * * *' }, kind.shapes, schema)).toBe(1);
});
