import { expect, test } from 'vitest';

import type { Connection } from '../api/connections';
import { standing, type Standing } from './standing';

const now = 1_800_000_000_000;
const day = 24 * 3_600_000;
const plain: Connection = { name: 'crm', type: 'oauth2', source: 'editor', sandbox: false, state: 'ok', used_by: [], fields: {} };

test.each<[Standing, Partial<Connection>]>([
  ['ok', {}],
  ['ok', { authorized: true, expires: now + 8 * day, last_used: now }],
  ['sandboxed', { sandbox: true, authorized: false }],
  ['broken', { sandbox: true, state: 'broken' }],
  ['unconnected', { authorized: false, state: 'broken', failing_since: now }],
  ['broken', { authorized: true, state: 'broken', failing_since: now }],
  ['failing', { failing_since: now - 1, expires: now + day }],
  ['ending', { expires: now + 7 * day - 1 }],
  ['ended', { expires: now, state: 'broken' }],
])('%s: %j', (expected, told) => {
  expect(standing({ ...plain, ...told }, now)).toBe(expected);
});
