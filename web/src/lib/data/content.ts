// The body of a message: what was kept of it, as text, bytes or JSON. Pure.
import type { Content } from '../api/hook-types';

/** The body as text; none where it is not text. */
export function textOf(content: Content): string | undefined {
  return content.base64 == null ? (content.text ?? '') : undefined;
}

export function bytesOf(content: Content): Uint8Array {
  if (content.base64 == null) return new TextEncoder().encode(content.text ?? '');
  return Uint8Array.from(atob(content.base64), (character) => character.charCodeAt(0));
}

export function isNothing(content: Content): boolean {
  return (content.text ?? '') === '' && (content.base64 ?? '') === '';
}

/** A number that JavaScript cannot hold as it is written. */
export class Exact {
  constructor(readonly written: string) {}
}

/** What the body says, where it is a JSON object or list. */
export function jsonOf(content: Content): { value: object } | undefined {
  const text = textOf(content);
  if (text === undefined || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text, exactly) as object };
  } catch {
    return undefined;
  }
}

/** Keeps the digits of large numbers, where the browser tells how they were written. */
function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? new Exact(context.source) : value;
}
