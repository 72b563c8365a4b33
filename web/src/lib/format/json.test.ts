import { expect, test } from 'vitest';

import { isEmpty, pretty } from './json';

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
