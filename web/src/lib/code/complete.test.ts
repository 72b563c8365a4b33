import { expect, test } from 'vitest';

import { suggest, type Known } from './complete';

const known: Known = {
  names: { trigger: { body: { lines: [{ qty: 2 }], 'x-y': 1 } }, order: { total: 6, number: 'A1' }, later: undefined },
  labels: { order: 'Order' },
  functions: [
    { name: 'trim', group: 'Text', signature: 'trim(text) -> text', summary: 'Without blanks.', example: '" a ".trim()', result: '"a"' },
    { name: 'replace', group: 'Text', signature: 'replace(text, what, by) -> text', summary: '', example: '', result: '' },
  ],
};

test.each([
  ['', 0, ['trigger', 'order', 'later', 'trim', 'replace']],
  ['or', 2, ['trigger', 'order', 'later', 'trim', 'replace']],
  ['order.', 0, ['total', 'number', 'trim', 'replace']],
  ['order.to', 2, ['total', 'number', 'trim', 'replace']],
  ['order?.to', 2, ['total', 'number', 'trim', 'replace']],
  ['1 + order.', 0, ['total', 'number', 'trim', 'replace']],
  ['trigger.body.lines[0].', 0, ['qty', 'trim', 'replace']],
  ['trigger.body["lines"][0].q', 1, ['qty', 'trim', 'replace']],
  ['later.', 0, ['trim', 'replace']],
  ['unknown.x.', 0, ['trim', 'replace']],
  ['order.trim().', 0, ['trim', 'replace']],
])('behind %j', (before, typed, labels) => {
  const found = suggest(before, known);
  expect(found.typed).toBe(typed);
  expect(found.items.map((item) => item.label)).toEqual(labels);
});

test('a method is written whole where nothing more is needed', () => {
  const { items } = suggest('order.number.', known);
  expect(items.map((item) => item.apply)).toEqual(['trim()', 'replace(']);
});

test('a name that is none is read by a function', () => {
  expect(suggest('trigger.body.', known).items.map((item) => item.apply)).toContain('get("x-y")');
});
