import { expect, test } from 'vitest';

import { converted, shapeOf, shapes } from './shape';

test.each([
  ['a', 'list', ['a']],
  [undefined, 'list', ['']],
  [{ a: 1 }, 'list', [1]],
  [['a', 2], 'map', { value1: 'a', value2: 2 }],
  [undefined, 'map', {}],
  [['a'], 'text', 'a'],
  [5, 'text', '5'],
  [null, 'text', ''],
  ['5', 'number', 5],
  ['a', 'number', 0],
  ['true', 'truth', true],
  ['a', 'nothing', null],
] as const)('%j as a %s', (value, shape, expected) => {
  expect(converted(value, shape)).toEqual(expected);
});

test('whatever it becomes has the shape that was asked for', () => {
  const values = [undefined, null, '', 'a', 0, true, [], [[1]], {}, { a: { b: 1 } }];
  for (const value of values) for (const shape of shapes) expect(shapeOf(converted(value, shape))).toBe(shape);
});
