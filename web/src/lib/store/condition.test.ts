import { expect, test } from 'vitest';

import type { Column } from '../api/stores';
import { conditionOf, testsFor, whereOf, type Condition } from './condition';

const columns: Column[] = [
  { name: 'name', type: 'text' },
  { name: 'total', type: 'number' },
  { name: 'open', type: 'flag' },
];

test.each<[Condition, string | undefined]>([
  [{ column: 'name', test: 'is', value: '12' }, '{"name":{"is":"12"}}'],
  [{ column: 'name', test: 'contains', value: '王' }, '{"name":{"contains":"王"}}'],
  [{ column: 'total', test: 'gt', value: '100' }, '{"total":{"gt":100}}'],
  [{ column: 'open', test: 'is', value: 'true' }, '{"open":{"is":true}}'],
  [{ column: 'open', test: 'exists', value: '' }, '{"open":{"exists":true}}'],
  [{ column: 'other', test: 'is', value: '3' }, '{"other":{"is":3}}'],
])('%j is %s, and back', (condition, where) => {
  expect(whereOf(condition, columns)).toBe(where);
  expect(conditionOf(where)).toEqual(condition);
});

test.each<Condition>([
  { column: '', test: 'is', value: 'a' },
  { column: 'name', test: 'is', value: '' },
  { column: 'total', test: 'gt', value: ' ' },
])('%j says nothing yet', (condition) => {
  expect(whereOf(condition, columns)).toBeUndefined();
});

test.each([undefined, '', '{', '[]', '{"a":1}', '{"a":{"is":1},"b":{"is":2}}', '{"a":{"gt":1,"lt":2}}', '{"a":{"near":1}}'])('%s is not shown as a condition', (where) => {
  expect(conditionOf(where)).toBeUndefined();
});

test('each type has its own tests', () => {
  expect(testsFor('flag')).toEqual(['is', 'exists']);
  expect(testsFor('time')).toContain('lt');
  expect(testsFor('json')).not.toContain('gt');
});
