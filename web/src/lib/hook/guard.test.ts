import { expect, test } from 'vitest';

import type { Hook } from '../api/hook-types';
import { isUnguarded } from './guard';

const hook: Hook = {
  path: 'a', url: 'http://h/hook/a', scenario: 'a', enabled: true, bin: false, verify: null, recognised: [], open: false, allow: [], methods: [],
  requests: { total: 0, refused: 0, last: null },
};

test.each<[string, Partial<Hook>, boolean]>([
  ['nothing is said', {}, true],
  ['it is switched off, but will be on again', { enabled: false }, true],
  ['its sender signs nothing', { recognised: ['branch'] }, true],
  ['requests are verified', { verify: ['github'] }, false],
  ['it is open on purpose', { open: true }, false],
  ['only some networks may call', { allow: ['192.0.2.0/24'] }, false],
  ['it is a bin', { bin: true, scenario: null }, false],
  ['its scenario is gone', { scenario: null, enabled: false }, false],
])('%s', (_, part, expected) => {
  expect(isUnguarded({ ...hook, ...part })).toBe(expected);
});
