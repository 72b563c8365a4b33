import { expect, test } from 'vitest';

import { inLine } from './columns';

test.each([
  ['text', 'text'],
  [{ a: [1, null] }, '{"a":[1,null]}'],
  [12, '12'],
  [null, 'null'],
])('%j is shown as %s', (value, shown) => {
  expect(inLine(value)).toBe(shown);
});

test('a long value is cut', () => {
  expect(inLine('x'.repeat(1000))).toHaveLength(401);
});
