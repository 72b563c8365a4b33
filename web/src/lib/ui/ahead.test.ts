import { expect, test } from 'vitest';

import { typed } from './ahead';

test.each([
  [[], '', false],
  [['r', 'e', 's'], 'res', false],
  [['r', 'x', 'Backspace', 'e', 'Enter'], 're', true],
  [['Backspace', 'a'], 'a', false],
  [['a', 'Enter', 'b'], 'a', true],
])('%j is taken up as it was meant', (keys, text, entered) => {
  expect(typed(keys)).toEqual({ text, entered });
});
