// Values as text.

/** Longer texts are cut at first, so that a large value does not stall the page. */
export const shownAtFirst = 20_000;

/** A value as people read it: text as it is, everything else as indented JSON. */
export function pretty(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, null, 2) ?? '';
}

/** Whether there is anything to show. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
