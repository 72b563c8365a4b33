// Which field a JSON Schema asks for. Pure.

/** The part of JSON Schema that modules describe themselves with. */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  pattern?: string;
  examples?: unknown[];
  'x-secret'?: boolean;
}

export interface Option {
  value: string | number | boolean;
  title?: string;
  description?: string;
}

/** A named part of a map whose names are known. */
export interface Part {
  name: string;
  schema: Schema;
  required: boolean;
}

export type Kind =
  | { kind: 'text'; long: boolean }
  | { kind: 'number' }
  | { kind: 'duration' }
  | { kind: 'switch' }
  | { kind: 'choice'; options: Option[] }
  | { kind: 'condition' }
  | { kind: 'expression' }
  | { kind: 'connection' }
  | { kind: 'code'; language: 'rhai' | 'json' }
  | { kind: 'list'; item: Schema }
  | { kind: 'map'; entry: Schema }
  | { kind: 'parts'; parts: Part[] }
  | { kind: 'variants'; shapes: Schema[] }
  | { kind: 'steps' }
  | { kind: 'any' };

/** Where in a module a schema stands; some places mean more than their schema says. */
export interface Position {
  module: string;
  /** The parameter's name; empty for the module's own value. */
  name: string;
}

/** What names of parameters hold text of several lines. */
const longNames = new Set(['text', 'html', 'xml', 'body', 'message', 'content', 'note', 'description']);

/** Places that hold an expression without braces. */
const bare = new Set(['for_each.in', 'webhook.dedupe', 'dedupe.key', 'webhook.each']);

/** Places that hold a condition, though their schema says text. */
const conditions = new Set(['filter.']);

/** Places that hold a JSON Schema. */
const schemas = new Set(['webhook.input', 'manual.input', 'call.input']);

/** Follows references; what stands beside a reference is kept. */
export function resolve(schema: Schema, root: Schema): Schema {
  let found = schema;
  for (let steps = 0; found.$ref !== undefined && steps < 16; steps += 1) {
    const { $ref, ...beside } = found;
    found = { ...root.$defs?.[$ref.replace('#/$defs/', '')], ...beside };
  }
  return found;
}

export function kindOf(schema: Schema, root: Schema, { module, name }: Position): Kind {
  const place = `${module}.${name}`;
  if (schema.$ref === '#/$defs/steps') return { kind: 'steps' };
  if (schema.$ref === '#/$defs/condition' || conditions.has(place)) return { kind: 'condition' };
  if (schema.$ref === '#/$defs/duration') return { kind: 'duration' };
  if (bare.has(place)) return { kind: 'expression' };
  if (place === 'rhai.') return { kind: 'code', language: 'rhai' };
  const found = resolve(schema, root);
  if (schemas.has(place) && allows(found, 'object', root)) return { kind: 'code', language: 'json' };
  if (name === 'connection' && found.type === 'string') return { kind: 'connection' };
  return kindOfShape(found, root, name);
}

function kindOfShape(schema: Schema, root: Schema, name: string): Kind {
  const options = optionsOf(schema, root);
  if (options) return { kind: 'choice', options };
  const shapes = (schema.properties ? undefined : shapesOf(schema, root)) ?? [];
  if (shapes.length === 1 && shapes[0]) return kindOf(shapes[0], root, { module: '', name });
  if (shapes.length > 1) return { kind: 'variants', shapes };
  const types = typesOf(schema);
  if (types.includes('object')) return kindOfMap(schema);
  if (types.includes('array')) return { kind: 'list', item: schema.items ?? {} };
  if (types.includes('string')) return { kind: 'text', long: longNames.has(name) };
  if (types.includes('integer') || types.includes('number')) return { kind: 'number' };
  if (types.includes('boolean')) return { kind: 'switch' };
  return { kind: 'any' };
}

function kindOfMap(schema: Schema): Kind {
  const parts = partsOf(schema);
  // A module without parameters still has its connection.
  if (parts.length > 0 || (schema.properties && schema.additionalProperties === false)) return { kind: 'parts', parts };
  const entry = schema.additionalProperties;
  return { kind: 'map', entry: typeof entry === 'object' ? entry : {} };
}

export function partsOf(schema: Schema): Part[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).map(([name, part]) => ({ name, schema: part, required: required.has(name) }));
}

/** The types of a schema but null, which every optional value may be. */
function typesOf({ type }: Schema): string[] {
  return (Array.isArray(type) ? type : type ? [type] : []).filter((one) => one !== 'null');
}

/** The values to choose among, where there is nothing else. */
function optionsOf(schema: Schema, root: Schema): Option[] | undefined {
  if (schema.enum) return schema.enum.filter(isPlain).map((value) => ({ value }));
  const shapes = withoutNull(schema.oneOf ?? schema.anyOf ?? [], root);
  if (shapes.length === 0) return undefined;
  const options = shapes.map(({ const: value, enum: values, description }) => {
    if (isPlain(value)) return [{ value, description }];
    return values?.filter(isPlain).map((value) => ({ value, description: undefined }));
  });
  return options.every((each) => each !== undefined) ? options.flat() : undefined;
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** The shapes that a value can have; expressions can stand everywhere and are no shape of their own. A map with known names
 * is one shape, even where it has to have one of several of them. */
function shapesOf(schema: Schema, root: Schema): Schema[] | undefined {
  const all = schema.oneOf ?? schema.anyOf;
  if (!all) return undefined;
  const flat = withoutNull(all, root).flatMap((shape) => (shape.$ref || shape.properties ? [shape] : (shapesOf(shape, root) ?? [shape])));
  const shapes = flat.filter((shape) => shape.$ref !== '#/$defs/expression');
  return joined(shapes).map((shape) => ({ ...shape, description: shape.description ?? schema.description }));
}

function withoutNull(shapes: Schema[], root: Schema): Schema[] {
  return shapes.filter((shape) => {
    const { type, const: value, enum: values } = resolve(shape, root);
    return !(type === 'null' || value === null || (values?.length === 1 && values[0] === null));
  });
}

/** Values to choose among that stand one by one among other shapes become one shape. */
function joined(shapes: Schema[]): Schema[] {
  const constants = shapes.filter((shape) => shape.const !== undefined);
  if (constants.length < 2) return shapes;
  return [{ oneOf: constants }, ...shapes.filter((shape) => shape.const === undefined)];
}

function allows(schema: Schema, type: string, root: Schema): boolean {
  if (typesOf(schema).includes(type)) return true;
  return (schema.oneOf ?? schema.anyOf ?? []).some((shape) => allows(resolve(shape, root), type, root));
}

/** What a value is, as the kind of the shape that fits it; -1 where none does. */
export function fitting(value: unknown, shapes: Schema[], root: Schema): number {
  const loose = shapes.findIndex((shape) => fits(value, resolve(shape, root), root));
  if (loose >= 0 || typeof value !== 'string') return loose;
  return shapes.findIndex((shape) => kindOf(shape, root, { module: '', name: '' }).kind === 'text');
}

function fits(value: unknown, schema: Schema, root: Schema): boolean {
  if (schema.const !== undefined) return value === schema.const;
  if (schema.enum) return schema.enum.includes(value);
  const shapes = schema.oneOf ?? schema.anyOf;
  if (shapes && !schema.properties) return shapes.some((shape) => fits(value, resolve(shape, root), root));
  const types = typesOf(schema);
  if (types.length === 0) return true;
  if (Array.isArray(value)) return types.includes('array');
  if (typeof value === 'object' && value !== null) return types.includes('object') && knows(schema, value);
  if (typeof value === 'number') return types.includes('number') || (types.includes('integer') && Number.isInteger(value));
  return types.includes(typeof value);
}

/** Whether each of a map's names is one that the schema knows. */
function knows(schema: Schema, value: object): boolean {
  if (!schema.properties || schema.additionalProperties !== false) return true;
  return Object.keys(value).every((name) => schema.properties && name in schema.properties);
}

/** What a new value begins as. */
export function blank(schema: Schema, root: Schema): unknown {
  const { kind } = kindOf(schema, root, { module: '', name: '' });
  if (kind === 'list') return [];
  if (kind === 'map' || kind === 'parts') return {};
  if (kind === 'switch') return false;
  return '';
}
