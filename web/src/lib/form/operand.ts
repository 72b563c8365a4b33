// What a condition compares with, as it stands in a field: a text as it is, an expression in braces. Pure.
import { spans } from '../code/spans';
import { type Operand, type Operator } from '../model/conditions';

export const operators: readonly Operator[] = [
  '==',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'contains',
  'not_contains',
  'starts_with',
  'not_starts_with',
  'ends_with',
  'not_ends_with',
  'matches',
  'not_matches',
  'is_empty',
  'is_not_empty',
  'is_true',
  'is_false',
  'exists',
  'does_not_exist',
];

export function written({ kind, value }: Operand): string {
  if (kind === 'expression') return `{{ ${value} }}`;
  return kind === 'text' && /^(-?\d+(\.\d+)?|true|false)$/.test(value) ? `"${value}"` : value;
}

/** A number, yes or no, an expression that stands alone, or else a text; in quotes it is a text whatever it looks like. */
export function operandOf(text: string): Operand {
  const trimmed = text.trim();
  const [only, more] = spans(trimmed);
  if (only && !more && only.from === 0 && only.to === trimmed.length) return { kind: 'expression', value: only.inner };
  if (only) return { kind: 'expression', value: joined(text) };
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) return { kind: 'number', value: trimmed };
  if (trimmed === 'true' || trimmed === 'false') return { kind: 'boolean', value: trimmed };
  return { kind: 'text', value: /^"(-?\d+(\.\d+)?|true|false)"$/.test(trimmed) ? trimmed.slice(1, -1) : text };
}

/** Text and expressions, one after another, as one expression. */
function joined(text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const { from, to, inner } of spans(text)) {
    if (from > at) parts.push(JSON.stringify(text.slice(at, from)));
    parts.push(inner);
    at = to;
  }
  if (at < text.length) parts.push(JSON.stringify(text.slice(at)));
  return parts[0]?.startsWith('"') ? parts.join(' + ') : `"" + ${parts.join(' + ')}`;
}

