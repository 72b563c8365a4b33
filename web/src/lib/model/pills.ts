// Texts with expressions in them, as people see them: words and pills. A pill that is only a path reads as one.
import { access, endOfBraces, references } from './expression';

export interface Pill {
  /** The expression between the braces. */
  source: string;
  /** Name and properties, where the expression is nothing but a path; else empty. */
  path: string[];
  /** `order › total`; an expression that is more than a path stands for itself. */
  label: string;
  /** With its braces, as it was written. */
  raw?: string;
}

export interface Span {
  from: number;
  to: number;
  source: string;
}

/** Where expressions stand in a text. `\{{` begins none; one that does not end is text. */
export function spans(template: string): Span[] {
  const found: Span[] = [];
  for (let at = template.indexOf('{{'); at >= 0; at = template.indexOf('{{', at)) {
    if (template[at - 1] === '\\') {
      at += 2;
      continue;
    }
    const matching = endOfBraces(template, at + 2);
    const end = template.startsWith('}}', matching) ? matching : template.indexOf('}}', at + 2);
    if (end < 0) break;
    found.push({ from: at, to: end + 2, source: template.slice(at + 2, end).trim() });
    at = end + 2;
  }
  return found;
}

/** A text as words and pills. `name` says how the first part of a path is called: a step's name for its id. */
export function split(template: string, name: (id: string) => string = (id) => id): (string | Pill)[] {
  const parts: (string | Pill)[] = [];
  let at = 0;
  for (const { from, to, source } of spans(template)) {
    if (from > at) parts.push(template.slice(at, from));
    parts.push({ ...pillOf(source, name), raw: template.slice(from, to) });
    at = to;
  }
  if (at < template.length) parts.push(template.slice(at));
  return parts;
}

/** The text again: of pills that nobody touched byte for byte. */
export function join(parts: readonly (string | Pill)[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : writtenPill(part))).join('');
}

function writtenPill({ source, raw }: Pill): string {
  const kept = raw !== undefined && raw.slice(2, -2).trim() === source;
  return kept ? raw : `{{ ${source} }}`;
}

export function pillOf(source: string, name: (id: string) => string = (id) => id): Pill {
  const path = pathOf(source);
  const [first, ...rest] = path;
  return { source, path, label: first === undefined ? source : [name(first), ...rest].join(' › ') };
}

/** Name and properties of an expression that is nothing but a path. */
export function pathOf(expression: string): string[] {
  const source = expression.trim();
  const [first] = references(source);
  return first && first.from === 0 && first.end === source.length ? [first.name, ...first.path] : [];
}

/** The expression that asks for what stands at a path. */
export function expressionOf(path: readonly (string | number)[]): string {
  const [first = '', ...rest] = path;
  return String(first) + rest.map(access).join('');
}

/** What is put into a field for a path. */
export function pill(path: readonly (string | number)[]): string {
  return `{{ ${expressionOf(path)} }}`;
}

/** Whether a text is one expression and nothing else, so that its value may be of any kind. */
export function isWhole(template: string): boolean {
  const [only] = spans(template.trim());
  return only !== undefined && only.from === 0 && only.to === template.trim().length;
}

export { references } from './expression';
