import { expect, test } from 'vitest';

import { heads, names } from './heads';

test.each([
  ['key,name\r\n1,a', ['key', 'name']],
  ['\uFEFFkey;"a;b";c\n', ['key', 'a;b', 'c']],
  ['key\tname, all\tc', ['key', 'name, all', 'c']],
  ['"two\nlines",b\nc', ['two\nlines', 'b']],
  ['a,,a', ['a']],
  ['', []],
])('%j has the columns %j', (text, expected) => {
  expect(names(text)).toEqual(expected);
});

test('the first line is read in its character set', async () => {
  const file = new Blob([new Uint8Array([0xa6, 0x57, 0xba, 0xd9, 0x2c, 0x62, 0x0a])]);
  expect(await heads(file, 'big5')).toEqual(['名稱', 'b']);
});
