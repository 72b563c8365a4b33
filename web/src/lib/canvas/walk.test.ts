import { expect, test } from 'vitest';

import { neighbour } from './walk';

// a ─ b ┬ c ─ e
//       └ d
const places = new Map([
  ['a', { x: 0, y: 0 }],
  ['b', { x: 190, y: 0 }],
  ['c', { x: 380, y: -75 }],
  ['d', { x: 380, y: 75 }],
  ['e', { x: 570, y: -75 }],
]);

test.each([
  ['a', 'right', 'b'],
  ['b', 'right', 'c'],
  ['c', 'right', 'e'],
  ['c', 'down', 'd'],
  ['d', 'up', 'c'],
  ['c', 'left', 'b'],
  ['a', 'left', undefined],
  ['a', 'up', 'c'],
  ['nowhere', 'up', undefined],
] as const)('from %s to the %s is %s', (from, direction, expected) => {
  expect(neighbour(places, from, direction)).toBe(expected);
});
