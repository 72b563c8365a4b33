import { expect, test } from 'vitest';

import type { RunPage, RunStatus } from '../api/types';
import { extend, pageSize, renew, renewal } from './paging';

function page(ids: string, next: string | null, status: RunStatus = 'running'): RunPage {
  return { items: [...ids].map((id) => ({ id, scenario: 's', status, created: 0, changed: 0 })), next };
}

function ids(list: RunPage): string {
  return list.items.map((run) => run.id).join('');
}

test('new runs appear at the top, loaded pages stay', () => {
  const list = renew(page('edcba', 'a'), page('fed', 'd', 'succeeded'));
  expect(ids(list)).toBe('fedcba');
  expect(list.next).toBe('a');
  expect(list.items.map((run) => run.status === 'succeeded')).toEqual([true, true, true, false, false, false]);
});

test('a list that no longer meets its old part begins anew', () => {
  expect(renew(page('cba', 'a'), page('zyx', 'x'))).toEqual(page('zyx', 'x'));
});

test('the whole list at once replaces what was shown', () => {
  expect(renew(page('dcba', 'a'), page('dc', null))).toEqual(page('dc', null));
  expect(renew(undefined, page('b', 'b'))).toEqual(page('b', 'b'));
  expect(renew(page('ba', 'a'), page('cba', 'a'))).toEqual(page('cba', 'a'));
});

test('the next page goes below, nothing twice', () => {
  const list = extend(page('dc', 'c'), page('cba', null));
  expect(ids(list)).toBe('dcba');
  expect(list.next).toBeNull();
});

test('as much is renewed as is shown, within bounds', () => {
  expect(renewal(undefined)).toBe(pageSize);
  expect(renewal(page('x'.repeat(120), 'x'))).toBe(120);
  expect(renewal(page('x'.repeat(900), 'x'))).toBe(200);
});
