import { expect, test } from 'vitest';

import { bytesOf, isNothing, jsonOf, textOf } from './content';

test('text and bytes', () => {
  expect(textOf({ text: 'Ä' })).toBe('Ä');
  expect([...bytesOf({ text: 'Ä' })]).toEqual([0xc3, 0x84]);
  expect(textOf({ base64: '/wA=' })).toBeUndefined();
  expect([...bytesOf({ base64: '/wA=' })]).toEqual([0xff, 0]);
  expect(isNothing({})).toBe(true);
  expect(isNothing({ base64: '/wA=' })).toBe(false);
});

test('only objects and lists are shown as a tree', () => {
  expect(jsonOf({ text: ' {"a": [1]}' })?.value).toEqual({ a: [1] });
  for (const text of ['', '1', '"{}"', '{"a":', 'a=1']) expect(jsonOf({ text })).toBeUndefined();
});
