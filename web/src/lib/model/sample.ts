// The shape of a value: which paths it has, for completion and for pills where no run has given a value yet.

export type Kind = 'text' | 'number' | 'boolean' | 'nothing' | 'list' | 'map';

export interface Leaf {
  path: (string | number)[];
  kind: Kind;
  value: unknown;
}

/** How many paths are told of one value, and how deep it is looked into. */
const MOST = 2_000;
const DEEPEST = 12;

export function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'map';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'boolean' : 'number';
}

/** Every path of a value, outer before inner. Of a list, the first item stands for all. */
export function shape(value: unknown, path: (string | number)[] = []): Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (value: unknown, path: (string | number)[]): void => {
    if (leaves.length >= MOST || path.length > DEEPEST) return;
    if (path.length > 0) leaves.push({ path, kind: kindOf(value), value });
    if (Array.isArray(value)) {
      if (value.length > 0) visit(value[0], [...path, 0]);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, entry] of Object.entries(value)) visit(entry, [...path, key]);
    }
  };
  visit(value, path);
  return leaves;
}

/** What stands at a path of a value; `undefined` where nothing does. */
export function at(value: unknown, path: readonly (string | number)[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}

/** A value that fits a JSON Schema: what it gives as an example, else one of each kind. */
export function sampleOf(schema: unknown, depth = 0): unknown {
  if (typeof schema !== 'object' || schema === null || depth > DEEPEST) return null;
  const { type, properties, items, examples, example, enum: choices, const: only, default: usual, oneOf, anyOf, allOf } = schema as Record<string, unknown>;
  for (const given of [example, firstOf(examples), only, usual, firstOf(choices)]) if (given !== undefined) return given;
  const other = firstOf(oneOf) ?? firstOf(anyOf) ?? firstOf(allOf);
  if (other !== undefined && type === undefined && properties === undefined) return sampleOf(other, depth + 1);
  const kind = Array.isArray(type) ? type.find((name) => name !== 'null') : (type ?? (properties ? 'object' : undefined));
  switch (kind) {
    case 'object':
      return Object.fromEntries(Object.entries(Object(properties)).map(([key, entry]) => [key, sampleOf(entry, depth + 1)]));
    case 'array':
      return items === undefined ? [] : [sampleOf(items, depth + 1)];
    case 'string':
      return '';
    case 'integer':
    case 'number':
      return 0;
    case 'boolean':
      return false;
    default:
      return null;
  }
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}
