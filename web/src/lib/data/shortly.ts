// A value in a few letters. Pure.
import { visible } from '../format/visible';

/** Texts as they are, everything else as JSON; cut where it is longer than `limit`. */
export function shortly(value: unknown, limit: number): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return visible(text.length > limit ? `${text.slice(0, limit - 1)}…` : text);
}
