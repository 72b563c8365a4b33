import { expect, test } from 'vitest';

import { isEmpty, leftOut, lines, pretty, prettyBody } from './json';

test('values as text', () => {
  expect(pretty('plain')).toBe('plain');
  expect(pretty({ a: [1, '訂單'] })).toBe('{\n  "a": [\n    1,\n    "訂單"\n  ]\n}');
  expect(pretty(false)).toBe('false');
  expect(pretty(undefined)).toBe('');
});

test('what there is nothing of', () => {
  for (const value of [undefined, null, '', {}, []]) expect(isEmpty(value)).toBe(true);
  for (const value of [0, false, 'a', [0], { a: null }]) expect(isEmpty(value)).toBe(false);
});

test.each([
  ['{"a":1}', '{\n  "a": 1\n}'],
  ['{"a":1', '{"a":1'],
  ['<p>{}</p>', '<p>{}</p>'],
  ['17', '17'],
])('the body %s', (body, expected) => {
  expect(prettyBody(body)).toBe(expected);
});

test('names and values', () => {
  expect(lines([['a', '1'], ['a', '2']])).toBe('a: 1\na: 2');
  expect(lines([])).toBe('');
});

test('what the server left out', () => {
  expect(leftOut({ truncated: 262_145 })).toBe(262_145);
  for (const value of [{ truncated: 1, a: 2 }, { truncated: 'x' }, {}, null, 'truncated']) expect(leftOut(value)).toBeUndefined();
});
