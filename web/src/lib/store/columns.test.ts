import { expect, test } from 'vitest';

import { cell, guessed, inLine, shown, typed } from './columns';

test.each([
  ['text', 'text'],
  [{ a: [1, null] }, '{"a":[1,null]}'],
  [12, '12'],
  [null, 'null'],
])('%j is shown as %s', (value, line) => {
  expect(inLine(value)).toBe(line);
});

test('a long value is cut', () => {
  expect(inLine('x'.repeat(1000))).toHaveLength(401);
});

test.each([
  [{ a: 0 }, '0'],
  [{ a: null }, ''],
  [{ a: { b: 1 } }, '{"b":1}'],
  [{}, ''],
  [['a'], ''],
  ['a', ''],
])('the column `a` of %j shows %j', (value, text) => {
  expect(cell(value, 'a')).toBe(text);
});

test('columns are guessed from what most records have', () => {
  const records = [{ name: 'Ada', since: '2026-11-23', n: 1 }, { name: 'Bo', n: 'x', open: true, since: null }, { name: 'Cy', at: { b: 1 } }, 'text', [1]];
  expect(guessed(records)).toEqual([
    { name: 'name', type: 'text' },
    { name: 'since', type: 'time' },
    { name: 'n', type: 'json' },
    { name: 'open', type: 'flag' },
    { name: 'at', type: 'json' },
  ]);
  expect(guessed(records, 1)).toHaveLength(1);
});

test.each([
  ['text', ' 007 ', ' 007 '],
  ['number', ' -1.5e3 ', -1500],
  ['number', '12 pcs', '12 pcs'],
  ['number', 'Infinity', 'Infinity'],
  ['flag', 'true', true],
  ['time', ' 2026-11-23 ', '2026-11-23'],
  ['json', '[1]', [1]],
  ['json', '[1', '[1'],
  ['text', '  ', undefined],
] as const)('in a column of %s, %j is %j', (type, text, value) => {
  expect(typed(text, type)).toEqual(value);
});

test('a value is written as it is shown', () => {
  expect([shown('a'), shown(1), shown(false), shown({ a: 1 }), shown(null), shown(undefined)]).toEqual(['a', '1', 'false', '{"a":1}', '', '']);
});
