// What of a record is shown in a row. Pure.

/** The value in one line. */
export function inLine(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
