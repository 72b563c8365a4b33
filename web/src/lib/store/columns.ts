// What of a record is shown in a row, and what is written into its columns. Pure.
import type { Column, ColumnType } from '../api/stores';

/** The value in one line. */
export function inLine(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

/** A record's value as fields; none where it is no map. */
export function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

/** What stands in a column, in one line; empty where nothing does. */
export function cell(value: unknown, column: string): string {
  const found = fieldsOf(value)?.[column];
  return found === undefined || found === null ? '' : inLine(found);
}

/** The columns that records look like, most common first, where nobody has said which there are. */
export function guessed(values: readonly unknown[], most = 12): Column[] {
  const types = new Map<string, { count: number; types: Set<ColumnType> }>();
  for (const value of values) {
    for (const [name, field] of Object.entries(fieldsOf(value) ?? {})) {
      const known = types.get(name) ?? { count: 0, types: new Set() };
      known.count += 1;
      if (field !== null) known.types.add(typeOf(field));
      types.set(name, known);
    }
  }
  const common = [...types].toSorted(([, one], [, other]) => other.count - one.count).slice(0, most);
  return common.map(([name, { types }]) => ({ name, type: types.size === 1 ? ([...types][0] ?? 'json') : 'json' }));
}

const time = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

function typeOf(field: unknown): ColumnType {
  if (typeof field === 'string') return time.test(field) ? 'time' : 'text';
  if (typeof field === 'number') return 'number';
  return typeof field === 'boolean' ? 'flag' : 'json';
}

/** How a column's value stands in its field of a form. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What was written, as the column takes it; `undefined` where nothing was. What is no such value stays text, and the
 * server says what is wrong with it. */
export function typed(text: string, type: ColumnType): unknown {
  const bare = text.trim();
  if (bare === '') return undefined;
  if (type === 'text') return text;
  if (type === 'time') return bare;
  if (type === 'number') return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(bare) ? Number(bare) : text;
  try {
    return JSON.parse(bare) as unknown;
  } catch {
    return text;
  }
}
