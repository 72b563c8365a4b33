import { expect, test } from 'vitest';

import { reveal, visible } from './window';

test.each([
  ['at the top', 0, 10_000, 0, 16],
  ['further down', 5000, 10_000, 94, 116],
  ['at the end', 499_500, 10_000, 9984, 10_000],
  ['beyond the end, after the list grew shorter', 499_500, 20, 20, 20],
  ['pulled beyond the top', -80, 10_000, 0, 16],
  ['nothing there', 0, 0, 0, 0],
  ['a short list', 0, 3, 0, 3],
])('%s', (_, top, count, from, to) => {
  expect(visible(top, 500, 50, count)).toEqual({ from, to });
});

test('a row is scrolled to only where it is not seen', () => {
  expect(reveal(10, 1000, 500, 50)).toBe(500);
  expect(reveal(22, 1000, 500, 50)).toBe(1000);
  expect(reveal(40, 1000, 500, 50)).toBe(1550);
});
