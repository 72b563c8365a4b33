import { expect, test } from 'vitest';

import { openAt, spans } from './spans';

test.each([
  ['', []],
  ['text', []],
  ['{{ order.total }}', ['order.total']],
  ['a {{ b }} c {{d}}', ['b', 'd']],
  ['{{ "}}" }}', ['"}}"']],
  ['{{ #{a: 1} }}', ['#{a: 1}']],
  ['{{ #{a: #{b: 1}}}} x', ['#{a: #{b: 1}}']],
  ['\\{{ a }} {{ b }}', ['b']],
  ['{{ open', []],
  ['{{}}', ['']],
])('%j holds %j', (text, expressions) => {
  const found = spans(text);
  expect(found.map((span) => span.inner)).toEqual(expressions);
  for (const span of found) expect(text.slice(span.from, span.to)).toMatch(/^\{\{[^]*\}\}$/);
});

test.each([
  ['{{ ord', 6, ' ord'],
  ['{{ ord }} x', 6, ' ord'],
  ['{{ ord }} x', 11, undefined],
  ['a', 1, undefined],
  ['{{ a }} {{ b', 12, ' b'],
  ['\\{{ a', 6, undefined],
  ['{', 1, undefined],
])('in %j, place %i is in %j', (text, at, expression) => {
  expect(openAt(text, at)?.text).toBe(expression);
});
