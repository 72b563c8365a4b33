import { expect, test } from 'vitest';

import { choices, usual, valueOf } from './answer';

const question = { name: 'office', types: ['google', 'bearer'], was: null, steps: ['row'] };
const google = { name: 'work', type: 'google' };
const bearer = { name: 'api', type: 'bearer' };
const named = { name: 'office', type: 'google' };
const other = { name: 'office', type: 'smtp' };

test.each([
  ['nothing is there', [], { kind: 'sandbox', name: 'office', type: 'google' }],
  ['one fits', [google], { kind: 'use', name: 'work' }],
  ['one of the same name fits', [google, bearer, named], { kind: 'use', name: 'office' }],
  ['several fit', [google, bearer], { kind: 'sandbox', name: 'office', type: 'google' }],
  ['another type has the name', [other], { kind: 'sandbox', name: 'office-2', type: 'google' }],
])('%s', (_, known, answer) => {
  expect(usual(question, known)).toEqual(answer);
});

test('what cannot be made is left for later', () => {
  expect(usual({ ...question, types: [] }, [google])).toEqual({ kind: 'later' });
});

test('every choice has a value of its own', () => {
  const all = choices(question, [google, bearer, other]);
  expect(all.map(valueOf)).toEqual(['use work', 'use api', 'sandbox google', 'sandbox bearer', 'later']);
});
