import { expect, test } from 'vitest';

import type { Name } from '../form/names';
import { rowsOf, search } from './rows';

const names: Name[] = [
  { name: 'order', label: '訂單', step: undefined, value: { total: 6, lines: [{ sku: 'A1' }], empty: [] }, source: 'run' },
  { name: undefined, label: 'set', step: undefined, value: undefined, source: 'none' },
];

test('what is closed shows how much is in it', () => {
  expect(rowsOf(names, () => false).map(({ text, size, value }) => [text, size, value])).toEqual([
    ['訂單', 3, ''],
    ['set', undefined, ''],
  ]);
});

test('what is open shows its values, level by level', () => {
  const rows = rowsOf(names, () => true);
  expect(rows.map(({ level, text, value, path }) => [level, text, value, path])).toEqual([
    [1, '訂單', '', []],
    [2, 'total', '6', ['total']],
    [2, 'lines', '', ['lines']],
    [3, '1.', '', ['lines', 0]],
    [4, 'sku', 'A1', ['lines', 0, 'sku']],
    [2, 'empty', '[]', ['empty']],
    [1, 'set', '', []],
  ]);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
});

test.each([
  ['sku', ['訂單 › lines › 1. › sku']],
  ['訂單 tot', ['訂單 › total']],
  ['a1', ['訂單 › lines › 1. › sku']],
  ['nowhere', []],
])('%j finds %j', (wanted, texts) => {
  expect(search(names, wanted).map(({ text }) => text)).toEqual(texts);
});

test('a value without end is not walked without end', () => {
  const endless: Record<string, unknown> = {};
  endless.again = endless;
  const [first] = names;
  const rows = rowsOf(first ? [{ ...first, value: endless }] : [], () => true);
  expect(rows.length).toBeLessThan(20);
});
