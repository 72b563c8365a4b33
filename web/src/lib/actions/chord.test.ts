import { expect, test } from 'vitest';

import { chordOf } from './chord';

const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

test.each([
  [{ key: 'a' }, 'a'],
  [{ key: 'Z', ctrlKey: true, shiftKey: true }, 'ctrl+shift+z'],
  [{ key: 's', metaKey: true }, 'ctrl+s'],
  [{ key: '?', shiftKey: true }, '?'],
  [{ key: 'Enter', altKey: true }, 'alt+enter'],
  [{ key: 'N', shiftKey: true }, 'shift+n'],
])('%j is %s', (event, expected) => {
  expect(chordOf({ ...none, ...event })).toBe(expected);
});
