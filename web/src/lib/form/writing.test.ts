import { expect, test } from 'vitest';

import { writing } from './writing';

test.each([
  ['5', 'number', 5],
  ['0.5', 'number', 0.5],
  ['0123', 'number', '0123'],
  ['12345678901234567890', 'number', '12345678901234567890'],
  ['{{ a }}', 'number', '{{ a }}'],
  ['5m', 'duration', '5m'],
  ['5', 'duration', 5],
  ['5', 'text', '5'],
  [' a ', 'text', ' a '],
  ['true', 'condition', true],
  ['a > 1 ', 'condition', 'a > 1'],
] as const)('%j in a field for a %s is %j', (text, kind, value) => {
  expect(writing.valueOf(text, kind)).toBe(value);
});

test.each([
  [undefined, '', ''],
  [null, 'null', ''],
  ['a', '"a"', 'a'],
  [12345678901234567890, '12345678901234567890', '12345678901234567890'],
  [true, 'true', 'true'],
  [[1], '[1]', '[1]'],
])('%j, written %s, is shown as %j', (value, source, text) => {
  expect(writing.textOf(value, source)).toBe(text);
});

test('JSON is taken when it is whole', () => {
  const taken: unknown[] = [];
  for (const text of ['{"a":1}', '{"a":', '']) writing.json(text, (value) => taken.push(value));
  expect(taken).toEqual([{ a: 1 }, undefined]);
});
