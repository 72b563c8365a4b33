import { expect, test } from 'vitest';

import { bodyText, fromForm, queryText } from './input';

test.each([
  [undefined, undefined, '{}', ''],
  [undefined, { body: { a: 1 }, query: { b: '2' } }, '{\n  "a": 1\n}', 'b=2'],
  [{ body: [1], query: { c: ['1', '2'] } }, { body: { a: 1 } }, '[\n  1\n]', 'c=1&c=2'],
  [{ run: 'r' }, { body: 'text', query: {} }, '"text"', ''],
])('%j after %j begins as %j and %j', (input, trigger, body, query) => {
  expect(bodyText(input, trigger)).toBe(body);
  expect(queryText(input, trigger)).toBe(query);
});

test.each([
  ['{"a": 1}', '?n=Ada&x=1&x=2', undefined, { body: { a: 1 }, query: { n: 'Ada', x: ['1', '2'] } }],
  [' ', '', { params: { id: '7' } }, { body: null, query: {}, params: { id: '7' } }],
])('%j and %j are read', (body, query, trigger, input) => {
  expect(fromForm(body, query, trigger)).toEqual({ input });
});

test('what is no JSON is said to be none', () => {
  expect(fromForm('{a}', '', undefined)).toHaveProperty('wrong');
});
