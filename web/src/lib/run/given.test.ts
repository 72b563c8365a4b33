import { expect, test } from 'vitest';

import type { Run } from '../api/types';
import { answerOf, unnamedOf } from './given';

const response = (body: unknown): Run['response'] => ({ status: 201, headers: [], body });

test.each([
  ['{"a":[1]}', { a: [1] }],
  [' [1]', [1]],
  ['{a}', '{a}'],
  ['12', '12'],
  [{ truncated: 99 }, { truncated: 99 }],
])('an answer of %j is shown as %j', (body, shown) => {
  expect(answerOf({ response: response(body) })).toEqual({ status: 201, body: shown });
});

test('a run that answered nobody has no answer', () => {
  expect(answerOf({ response: null })).toBeUndefined();
});

test('what steps without an id gave is known by their labels', () => {
  const step = (label: string, output: unknown, id?: string) => ({ label, output, id }) as unknown as Run['steps'][number];
  expect(unnamedOf({ steps: [step('a', 1, 'a'), step('Ask', { b: 2 }), step('Silent', undefined)] })).toEqual({ Ask: { b: 2 } });
  expect(unnamedOf(undefined)).toEqual({});
});
