import { expect, test } from 'vitest';

import { operandOf, written } from './operand';

test.each([
  ['5', 'number', '5'],
  ['"5"', 'text', '5'],
  ['paid', 'text', 'paid'],
  ['two words', 'text', 'two words'],
  ['', 'text', ''],
  ['true', 'boolean', 'true'],
  ['"true"', 'text', 'true'],
  ['{{ order.total }}', 'expression', 'order.total'],
] as const)('%j is a %s and written the same again', (text, kind, value) => {
  expect(operandOf(text)).toEqual({ kind, value });
  expect(written(operandOf(text))).toBe(text);
});

test('text with an expression in it is put together', () => {
  expect(operandOf('a-{{ b }}')).toEqual({ kind: 'expression', value: '"a-" + b' });
  expect(operandOf('{{ b }} c')).toEqual({ kind: 'expression', value: '"" + b + " c"' });
});
