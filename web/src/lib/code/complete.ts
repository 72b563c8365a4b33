// What can stand at a place of an expression: names in scope, what their values have, functions. Pure.
import type { LibraryFunction } from '../api/library';

export interface Suggestion {
  label: string;
  kind: 'name' | 'property' | 'function';
  detail?: string;
  info?: string;
  /** What is written, where it is not the label. */
  apply?: string;
}

export interface Known {
  /** Names in scope and their values; a name whose value is not known yet is undefined. */
  names: Record<string, unknown>;
  /** What a name stands for, in people's words. */
  labels: Record<string, string>;
  functions: readonly LibraryFunction[];
}

export interface Suggestions {
  /** How many characters before the place are replaced. */
  typed: number;
  items: Suggestion[];
}

const chain = /(?:^|[^\p{L}\p{N}_.\])"])((?:[\p{L}_][\p{L}\p{N}_]*)(?:\?{0,1}\.[\p{L}_][\p{L}\p{N}_]*|\?{0,1}\[\d+\]|\?{0,1}\["[^"]*"\])*)?(\?{0,1}\.)?([\p{L}_][\p{L}\p{N}_]*)?$/u;

/** What can be written behind this text. */
export function suggest(before: string, known: Known): Suggestions {
  const typed = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(before)?.[0] ?? '';
  const rest = before.slice(0, before.length - typed.length);
  if (!/\?{0,1}\.$/.test(rest)) return { typed: typed.length, items: [...namesOf(known), ...functionsOf(known.functions, 'call')] };
  const base = chain.exec(rest.replace(/\?{0,1}\.$/, ''))?.[1];
  const value = base === undefined ? undefined : at(known.names, base);
  return { typed: typed.length, items: [...propertiesOf(value), ...functionsOf(known.functions, 'method')] };
}

/** The value that a chain of names leads to. */
export function at(names: Record<string, unknown>, written: string): unknown {
  let value: unknown = names;
  for (const [, name, index, quoted] of written.matchAll(/([\p{L}_][\p{L}\p{N}_]*)|\[(\d+)\]|\["([^"]*)"\]/gu)) {
    if (typeof value !== 'object' || value === null) return undefined;
    const key = name ?? quoted ?? index ?? '';
    value = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value;
}

function namesOf({ names, labels }: Known): Suggestion[] {
  return Object.entries(names).map(([name, value]) => ({
    label: name,
    kind: 'name',
    detail: labels[name] && labels[name] !== name ? labels[name] : inShort(value),
  }));
}

function propertiesOf(value: unknown): Suggestion[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).map(([name, inner]) => ({ label: name, kind: 'property', detail: inShort(inner), apply: asProperty(name) }));
}

/** How a property is written behind the dot; names that are no names are put in brackets by whoever writes them. */
function asProperty(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `get(${JSON.stringify(name)})`;
}

function functionsOf(functions: readonly LibraryFunction[], how: 'call' | 'method'): Suggestion[] {
  return functions.map(({ name, signature, summary, example, result }) => ({
    label: name,
    kind: 'function',
    detail: signature,
    info: [summary, example && `${example}\n→ ${result}`].filter(Boolean).join('\n\n'),
    apply: how === 'method' && !/\(.*[,].*\)|\(.*\?/.test(signature) ? `${name}()` : `${name}(`,
  }));
}

function inShort(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return `[${value.length}]`;
  if (typeof value === 'object' && value !== null) return '{…}';
  const text = JSON.stringify(value);
  return text.length > 32 ? `${text.slice(0, 31)}…` : text;
}
