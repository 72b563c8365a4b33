import { expect, test } from 'vitest';

import { visible } from './visible';

test.each([
  ['plain, 訂單, 👩‍👩‍👧, العربية', 'plain, 訂單, 👩‍👩‍👧, العربية'],
  ['line\n\ttab', 'line\n\ttab'],
  ['invoice\u202Efdp.exe', 'invoice\\u{202e}fdp.exe'],
  ['\u001b[31mred\u001b[0m', '\\u{1b}[31mred\\u{1b}[0m'],
  ['a\u0000b\r\nc\u200bd', 'a\\u{0}b\\u{d}\nc\\u{200b}d'],
])('%j', (given, shown) => {
  expect(visible(given)).toBe(shown);
});
