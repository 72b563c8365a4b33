import { expect, test } from 'vitest';

import { bytesOf, contentOf, isNothing, jsonOf, missing, textOf } from './content';

test('text and bytes', () => {
  expect(textOf({ body: 'Ä' })).toBe('Ä');
  expect([...(bytesOf({ body: 'Ä' }) ?? [])]).toEqual([0xc3, 0x84]);
  expect(textOf({ body: '/wA=', encoding: 'base64' })).toBeUndefined();
  expect([...(bytesOf({ body: '/wA=', encoding: 'base64' }) ?? [])]).toEqual([0xff, 0]);
  expect(isNothing({ body: '' })).toBe(true);
  expect(isNothing({ body: '/wA=', encoding: 'base64' })).toBe(false);
});

test('a body that was left out for its size', () => {
  const content = { body: { truncated: 300_000 } };
  expect(missing(content)).toBe(300_000);
  expect(textOf(content)).toBeUndefined();
  expect(bytesOf(content)).toBeUndefined();
  expect(isNothing(content)).toBe(false);
  expect(missing({ body: '{"truncated": 1}' })).toBeUndefined();
});

test.each([
  [[0x7b, 0x7d], { body: '{}' }],
  [[0xff, 0], { body: '/wA=', encoding: 'base64' }],
  [[0xef, 0xbb, 0xbf, 0x41], { body: '\ufeffA' }],
])('bytes %j as a body', (bytes, content) => {
  expect(contentOf(Uint8Array.from(bytes))).toEqual(content);
});

test('only objects and lists are shown as a tree', () => {
  expect(jsonOf({ body: ' {"a": [1]}' })?.value).toEqual({ a: [1] });
  for (const body of ['', '1', '"{}"', '{"a":', 'a=1']) expect(jsonOf({ body })).toBeUndefined();
});
