// The types of the API are those of its document.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { typesOf, type ApiDocument } from './generate';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const document = () => JSON.parse(readFileSync(at('../../../../docs/reference/openapi.json'), 'utf8')) as ApiDocument;

test('the types are made from the document as it is', () => {
  const file = at('schema.ts');
  const made = typesOf(document());
  if (process.env['UPDATE_EXPECT']) writeFileSync(file, made);
  const isFresh = readFileSync(file, 'utf8') === made;
  expect(isFresh, 'src/lib/api/schema.ts is stale: UPDATE_EXPECT=1 npx vitest run generate').toBe(true);
});

test('a schema becomes the type that it describes', () => {
  const check = (schema: ApiDocument['components']['schemas'][string], expected: string) => {
    const made = typesOf({ components: { schemas: { It: schema } } });
    expect(made.slice(made.indexOf('export'))).toBe(`export type It = ${expected};\n`);
  };
  check({ type: ['string', 'null'] }, 'string | null');
  check({ type: 'string', enum: ['a', "b'c"] }, "'a' | 'b\\'c'");
  check({ oneOf: [{ $ref: '#/components/schemas/Other' }, { type: 'null' }] }, 'Other | null');
  check({ type: 'array', items: { type: ['integer', 'null'] } }, '(number | null)[]');
  check({ type: 'array', items: { type: 'array', items: { type: 'string' } } }, 'string[][]');
  check({ allOf: [{ $ref: '#/components/schemas/A' }, { type: 'object', properties: { b: {} } }] }, 'A & {\n  b?: unknown;\n}');
  check({ type: 'object', additionalProperties: { type: 'number' } }, 'Record<string, number>');
  check(
    { type: 'object', required: ['a'], properties: { a: { type: 'boolean', description: 'Whether */.' }, 'b-c': {} } },
    '{\n  /** Whether * /. */\n  a: boolean;\n  "b-c"?: unknown;\n}',
  );
});
