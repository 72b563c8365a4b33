// What records are searched by: one column, one test, one value, and the `where` of the server that says so. Pure.
import type { Column, ColumnType } from '../api/stores';
import { typed } from './columns';

export type Test = 'is' | 'not' | 'contains' | 'starts_with' | 'gt' | 'gte' | 'lt' | 'lte' | 'exists';

export interface Condition {
  column: string;
  test: Test;
  /** As it was written. */
  value: string;
}

const sizes = ['is', 'not', 'gt', 'gte', 'lt', 'lte', 'exists'] as const;
const texts = ['is', 'not', 'contains', 'starts_with', 'exists'] as const;

/** The tests that say something of a column of this type. */
export function testsFor(type: ColumnType): readonly Test[] {
  if (type === 'number' || type === 'time') return sizes;
  return type === 'flag' ? ['is', 'exists'] : texts;
}

/** As the server wants it; none while it says nothing yet. */
export function whereOf({ column, test, value }: Condition, columns: readonly Column[]): string | undefined {
  if (column === '') return undefined;
  if (test === 'exists') return JSON.stringify({ [column]: { exists: true } });
  const known = columns.find(({ name }) => name === column)?.type ?? 'json';
  const wanted = test === 'contains' || test === 'starts_with' ? value : typed(value, known);
  return wanted === undefined || wanted === '' ? undefined : JSON.stringify({ [column]: { [test]: wanted } });
}

/** What an address says, where that is what the page can show. */
export function conditionOf(where: string | undefined): Condition | undefined {
  if (!where) return undefined;
  try {
    const [field, ...more] = Object.entries(JSON.parse(where) as Record<string, Record<string, unknown>>);
    const [[test, value] = [], ...tests] = Object.entries(field?.[1] ?? {});
    if (!field || !isTest(test) || more.length > 0 || tests.length > 0) return undefined;
    const written = typeof value === 'string' ? value : JSON.stringify(value);
    return { column: field[0], test, value: test === 'exists' ? '' : written };
  } catch {
    return undefined;
  }
}

function isTest(text: string | undefined): text is Test {
  return ([...sizes, ...texts] as (string | undefined)[]).includes(text);
}
