import { expect, test } from 'vitest';

import { nearest } from './languages';

test.each([
  [['en-GB'], 'en'],
  [['zh-TW'], 'zh-TW'],
  [['zh-HK'], 'zh-TW'],
  [['zh-MO'], 'zh-TW'],
  [['zh-Hant'], 'zh-TW'],
  [['zh-Hant-CN'], 'zh-TW'],
  [['zh-Hans'], 'zh-CN'],
  [['zh-CN'], 'zh-CN'],
  [['zh-SG'], 'zh-CN'],
  [['zh'], 'zh-CN'],
  [['', 'de', 'zh_TW', 'en'], 'zh-TW'],
  [['fr'], 'en'],
  [[], 'en'],
] as const)('%j is served by %s', (tags, language) => {
  expect(nearest(tags)).toBe(language);
});
