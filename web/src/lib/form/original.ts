// What a step that is still to be done keeps of the module that it was. Pure.

export interface Original {
  was: string;
  reason: string;
  value: unknown;
  /** The value as indented JSON; empty where nothing is kept. */
  text: string;
}

/** Reads the settings of a `todo` step, whatever somebody made of them. */
export function original(todo: unknown): Original {
  const kept = typeof todo === 'object' && todo !== null ? (todo as Record<string, unknown>) : {};
  const value = kept.original ?? null;
  return { was: textOf(kept.was), reason: textOf(kept.reason), value, text: value === null ? '' : json(value) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Whole numbers that JavaScript would round keep their digits. */
function json(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner), 2);
}
