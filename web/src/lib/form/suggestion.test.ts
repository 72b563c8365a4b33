import { expect, test } from 'vitest';

import { applied, suggestionIn } from './suggestion';

test.each([
  ['`order.totl` does not exist; `order` has `total`', 'did you mean `total`? If it may be absent, write `?.totl`', { wrong: 'totl', meant: 'total' }],
  ['there is no function `trimm`', 'did you mean `trim`?', { wrong: 'trimm', meant: 'trim' }],
  ['`ordr` is no name', 'did you mean `order`?', { wrong: 'ordr', meant: 'order' }],
  ['`a` is no map', 'only maps have properties', undefined],
  ['`a` is no map', null, undefined],
  ['`a.trim` does not exist', 'did you mean the function, `a.trim()`?', undefined],
])('%s %s', (message, hint, expected) => {
  expect(suggestionIn({ message, hint })).toEqual(expected);
});

test.each([
  ['{{ order.totl }}', '{{ order.total }}'],
  ['totl: {{ order.totl }}', 'totl: {{ order.total }}'],
  ['order.totl + totl2', 'order.total + totl2'],
  ['nothing', 'nothing'],
])('in %j the wrong name is replaced', (text, expected) => {
  expect(applied(text, { wrong: 'totl', meant: 'total' })).toBe(expected);
});
