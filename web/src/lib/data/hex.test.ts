import { expect, test } from 'vitest';

import { hex } from './hex';

test('bytes in lines of sixteen, the last one shorter', () => {
  const bytes = new TextEncoder().encode('{"name": "Ä"}\n\u0000<b>!');
  expect(hex(bytes)).toBe(
    '00000000  7b 22 6e 61 6d 65 22 3a 20 22 c3 84 22 7d 0a 00  {"name": ".."}..\n' +
      '00000010  3c 62 3e 21                                      <b>!',
  );
  expect(hex(new Uint8Array())).toBe('');
});
