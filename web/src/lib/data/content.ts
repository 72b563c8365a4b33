// The body of a message: what was kept of it, as text, bytes or JSON. Pure.
import type { Content } from '../api/hook-types';
import { leftOut } from '../format/json';

/** The body as text; none where it is not text, or not here. */
export function textOf({ body, encoding }: Content): string | undefined {
  return encoding === 'base64' || typeof body !== 'string' ? undefined : body;
}

/** None where it is not here. */
export function bytesOf({ body, encoding }: Content): Uint8Array | undefined {
  if (typeof body !== 'string') return undefined;
  if (encoding !== 'base64') return new TextEncoder().encode(body);
  return Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
}

/** How many bytes a body has that was left out for its size. */
export function missing({ body }: Content): number | undefined {
  return leftOut(body);
}

export function isNothing({ body }: Content): boolean {
  return body === '' || body === null || body === undefined;
}

/** Bytes as a body: text where they are UTF-8. */
export function contentOf(bytes: Uint8Array): Content {
  try {
    return { body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    let binary = '';
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return { body: btoa(binary), encoding: 'base64' };
  }
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
