import { expect, test } from 'vitest';

import type { WholeRequest } from '../api/hook-types';
import { triggerOf } from './sample';

function request(more: Partial<WholeRequest>): WholeRequest {
  return {
    id: '1', at: 0, method: 'POST', target: '/hook/orders/7?a=1&a=2&b=3', ip: '::1', status: 200, verdict: 'taken', length: 0, took_us: 1,
    headers: [['Content-Type', 'application/json']], kept: 0, body: '', answer: { status: 200, headers: [], body: '' }, runs: 1, ...more,
  };
}

test('names that come again are lists, and the path is below the hook', () => {
  const trigger = triggerOf(request({ target: '/hook-test/orders/7?a=1&a=2&b=3' }));
  expect(trigger).toMatchObject({ method: 'POST', path: 'orders/7', query: { a: ['1', '2'], b: '3' }, headers: { 'content-type': 'application/json' } });
});

test.each([
  ['JSON', 'application/json', '{"n": 1}', { n: 1 }, { a: ['1', '2'], b: '3', n: 1 }],
  ['a form', 'application/x-www-form-urlencoded', 'b=x&b=y', { b: ['x', 'y'] }, { a: ['1', '2'], b: ['x', 'y'] }],
  ['text', 'text/plain', 'hello', 'hello', { a: ['1', '2'], b: '3', body: 'hello' }],
  ['JSON that is none', 'application/json', '{', '{', { a: ['1', '2'], b: '3', body: '{' }],
  ['nothing', 'application/json', '', null, { a: ['1', '2'], b: '3' }],
])('the body is read as %s', (_, type, text, body, data) => {
  const trigger = triggerOf(request({ headers: [['content-type', type]], body: text }));
  expect(trigger.body).toEqual(body);
  expect(trigger.data).toEqual(data);
});
