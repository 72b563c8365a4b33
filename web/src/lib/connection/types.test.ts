import { expect, test } from 'vitest';

import type { ConnectionType } from '../api/connections';
import { fitting, titled } from './types';

const named = (type: string, title: string, zh: string): ConnectionType => ({ type, title, fields: [], i18n: { 'zh-TW': { title: zh } } });
const types = [named('line', 'LINE channel', 'LINE 頻道'), named('linear', 'Linear account', 'Linear 帳號'), named('bearer', 'Bearer token', '權杖'), named('airline', 'Airline', '航空')];

test.each([
  ['', 'en', ['airline', 'bearer', 'line', 'linear']],
  ['line', 'en', ['line', 'linear', 'airline']],
  ['token bear', 'en', ['bearer']],
  ['權杖', 'en', ['bearer']],
  ['LINE_', 'zh-TW', []],
])('%j in %s finds %j', (text, language, expected) => {
  expect(fitting(types, text, language).map(({ type }) => type)).toEqual(expected);
});

test('a type is called by its name in the language, else in English', () => {
  expect(titled(types[2] as ConnectionType, 'zh-TW')).toBe('權杖');
  expect(titled(types[2] as ConnectionType, 'zh-CN')).toBe('Bearer token');
});
