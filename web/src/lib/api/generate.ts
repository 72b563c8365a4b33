// Turns the schemas of the API's document into TypeScript, so that the page and the server cannot drift apart unnoticed.

/** A JSON Schema, as far as the document has it. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  items?: Schema | boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  description?: string;
}

/** What of the document is read. */
export interface ApiDocument {
  components: { schemas: Record<string, Schema> };
}

const head = `// The types of the API, version 1: made from docs/reference/openapi.json. Not written by hand:
// \`UPDATE_EXPECT=1 npx vitest run generate\` makes the file anew.
`;

/** The types of all schemas, by name. */
export function typesOf(document: ApiDocument): string {
  const schemas = Object.entries(document.components.schemas);
  return head + schemas.map(([name, schema]) => declared(name, schema)).join('');
}

function declared(name: string, schema: Schema): string {
  return `\n${comment(schema, '')}export type ${name} = ${written(schema, '')};\n`;
}

function written(schema: Schema, indent: string): string {
  if (schema.$ref) return schema.$ref.split('/').pop() ?? 'unknown';
  if (schema.enum) return schema.enum.map(literal).join(' | ');
  const parts = schema.allOf;
  if (parts) return parts.map((part) => grouped(part, indent)).join(' & ');
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.map((choice) => written(choice, indent)).join(' | ');
  const types = [schema.type ?? (schema.properties ? 'object' : 'any')].flat();
  return types.map((type) => ofType(type, schema, indent)).join(' | ');
}

function ofType(type: string, schema: Schema, indent: string): string {
  switch (type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'array':
      return typeof schema.items === 'object' ? `${grouped(schema.items, indent)}[]` : 'unknown[]';
    case 'object':
      return object(schema, indent);
    default:
      return 'unknown';
  }
}

function object(schema: Schema, indent: string): string {
  const { properties, additionalProperties: others } = schema;
  if (!properties) return `Record<string, ${typeof others === 'object' ? written(others, indent) : 'unknown'}>`;
  const inner = `${indent}  `;
  const required = new Set(schema.required);
  const lines = Object.entries(properties).map(([name, property]) => {
    const key = /^[a-z_]\w*$/i.test(name) ? name : JSON.stringify(name);
    const type = written(property, inner);
    return `${comment(property, inner)}${inner}${key}${required.has(name) ? '' : '?'}: ${type};\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

/** The type, in parentheses where it would run into what follows. */
function grouped(schema: Schema, indent: string): string {
  const type = written(schema, indent);
  const isPlain = /^[\w.]+(\[\])*$/.test(type) || (type.startsWith('{') && !schema.oneOf && !schema.allOf);
  return isPlain ? type : `(${type})`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replace(/['\\]/g, '\\$&')}'` : JSON.stringify(value);
}

function comment(schema: Schema, indent: string): string {
  const text = (schema.description ?? '').replace(/\s+/g, ' ').replaceAll('*/', '* /').trim();
  return text === '' ? '' : `${indent}/** ${text} */\n`;
}
