import { expect, test } from 'vitest';
import { toExpression, toRows } from './conditions';

test.each([
  ['order.total > 0', 'all', ['order.total > number 0']],
  ['a == "x" && b != -1.5', 'all', ['a == text x', 'b != number -1.5']],
  ["a == 'x' || b", 'any', ['a == text x', 'b is_true']],
  ['!a.b', 'all', ['a.b is_false']],
  ["a.contains('é') && !b.ends_with(c.d)", 'all', ['a contains text é', 'b not_ends_with expression c.d']],
  ['a?.b.is_empty() && !c.is_empty()', 'all', ['a?.b is_empty', 'c is_not_empty']],
  ['a != () && b == null', 'all', ['a exists', 'b does_not_exist']],
  ['{{ a >= b + 1 }}', 'all', ['a >= expression b + 1']],
  ["(a ?? '').starts_with('x')", 'all', ["(a ?? '') starts_with text x"]],
  ['list.filter(|i| i.x == 1 && i.y).len() > 2', 'all', ['list.filter(|i| i.x == 1 && i.y).len() > number 2']],
  ['a == true', 'all', ['a == boolean true']],
  ['x.matches("^a|b$")', 'all', ['x matches text ^a|b$']],
  ['', 'all', []],
])('%j in rows', (expression, join, rows) => {
  const found = toRows(expression)!;
  expect(found.join).toBe(join);
  expect(found.rows.map(({ left, operator, right }) => [left, operator, ...(right ? [right.kind, right.value] : [])].join(' '))).toEqual(rows);
  expect(toRows(toExpression(found))).toEqual(found);
});

test.each([
  'a && b || c',
  'a == b == c',
  'if a { b } else { c }',
  '!(a && b)',
  '!a == b',
  'a in b',
  'a > 1 /* why */ && b',
  'a &&',
  'a > (b',
  "a == 'x",
  'a = 1',
  'let x = 1; x',
  'a == |x| y',
  '1..3',
])('%j stays an expression', (expression) => expect(toRows(expression)).toBeNull());

test('what people fill in cannot break out', () => {
  const row = (value: string, kind: 'text' | 'number') => ({ join: 'all' as const, rows: [{ left: 'a', operator: '==' as const, right: { kind, value } }] });
  expect(toExpression(row("it's \\ \n\"{{", 'text'))).toBe("a == 'it\\'s \\\\ \\n\"{{'");
  expect(toRows(toExpression(row("it's \\ \n\"{{", 'text')))).toEqual(row("it's \\ \n\"{{", 'text'));
  expect(toExpression(row('1; x', 'number'))).toBe("a == '1; x'");
  expect(toExpression({ join: 'any', rows: [{ left: 'a + b', operator: 'contains', right: null }] })).toBe("(a + b).contains('')");
});
