// What is typed in a field, as the value it means. Pure.
import { spans } from '../code/spans';
import type { Kind, Schema } from './kind';

/** A value as it stands in a text field; numbers as they are written, whatever their length. */
function textOf(value: unknown, source: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'object') return JSON.stringify(value);
  return source.trim() === '' ? String(value) : source.trim();
}

/** A number where the field is one for numbers and the text is one; a text otherwise, or a condition that is `true`. */
function valueOf(text: string, kind: Kind['kind']): unknown {
  const trimmed = text.trim();
  if (kind === 'condition') return trimmed === 'true' ? true : trimmed === 'false' ? false : trimmed;
  if (kind !== 'number' && kind !== 'duration') return text;
  if (spans(text).length > 0 || !/^-?\d+(\.\d+)?$/.test(trimmed)) return trimmed;
  const number = Number(trimmed);
  return String(number) === trimmed ? number : trimmed;
}

/** What an empty field shows. */
function hintFor(kind: Kind['kind'], { default: fallback }: Schema): string {
  if (kind === 'duration') return '30s, 5m, 1h, 7d';
  return typeof fallback === 'number' || (typeof fallback === 'string' && fallback !== '') ? String(fallback) : '';
}

/** Gives what JSON says; nothing where it is no JSON yet. */
function json(text: string, take: (value: unknown) => void): void {
  if (text.trim() === '') return take(undefined);
  try {
    take(JSON.parse(text));
  } catch {
    // Somebody is typing: the last value that could be read stays.
  }
}

export const writing = { textOf, valueOf, hintFor, json };
