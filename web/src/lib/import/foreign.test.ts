import { expect, test } from 'vitest';

import { isForeign } from './foreign';

test.each([
  [{ name: 'a', flow: [], metadata: {} }, true],
  [{ response: { blueprint: { flow: [] } } }, true],
  [{ nodes: [], connections: {} }, true],
  [[{ nodes: [], connections: {} }], true],
  [{ zaps: [] }, true],
  [[{ id: '1', type: 'tab' }], true],
  [[{ id: '1', type: 'http in', wires: [[]] }], true],
  [{ flow: 'yes' }, false],
  [{ nodes: [] }, false],
  [[{ id: 1 }], false],
  [[], false],
  [5, false],
  [{ set: { a: 1 } }, false],
])('%j: %s', (value, expected) => {
  expect(isForeign(JSON.stringify(value))).toBe(expected);
  expect(isForeign(`  \n${JSON.stringify(value, null, 2)}\n`)).toBe(expected);
});

test('steps in YAML, half a file, and a text that only looks like one are nobody’s', () => {
  for (const text of ['', '- set: { a: 1 }', '{"flow": [', '{ flow: [] }', '{{ trigger.body }}']) expect(isForeign(text)).toBe(false);
});

test('a file in many files ends', () => {
  let nested: unknown = { flow: [] };
  for (let depth = 0; depth < 40; depth += 1) nested = { data: nested };
  expect(isForeign(JSON.stringify(nested))).toBe(false);
});
