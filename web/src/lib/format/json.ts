// Values as text. Pure.
import type { Pairs } from '../api/types';

/** Longer texts are cut at first, so that a large value does not stall the page. */
export const shownAtFirst = 20_000;

/** A value as people read it: text as it is, everything else as indented JSON. */
export function pretty(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, null, 2) ?? '';
}

/** A body as people read it: indented where it is JSON, else as it is. */
export function prettyBody(body: unknown): string {
  if (typeof body !== 'string' || !/^\s*[[{]/.test(body)) return pretty(body);
  try {
    return pretty(JSON.parse(body));
  } catch {
    return body;
  }
}

/** Names and values, a line each. */
export function lines(pairs: Pairs): string {
  return pairs.map(([name, value]) => `${name}: ${value}`).join('\n');
}

/** Whether there is anything to show. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** How many bytes a value has that the server left out for its size; none where it is shown. */
export function leftOut(value: unknown): number | undefined {
  if (!value || typeof value !== 'object' || Object.keys(value).length !== 1) return undefined;
  const { truncated } = value as { truncated?: unknown };
  return typeof truncated === 'number' ? truncated : undefined;
}
