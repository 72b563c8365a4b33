import { expect, test } from 'vitest';

import { parse } from '../model/doc';
import { project } from '../model/graph';
import { applyEdits, type TextEdit } from '../model/text';
import { carry, moved, places } from './carry';

const text = `name: A
steps:
  - set: { a: 1 }
  - id: mail
    email.send: {}
  - respond: {}
`;

/** What the keys become when a text is written before another. */
function keysAfter(edits: TextEdit[]) {
  const graph = project(parse(text));
  const before = places(graph);
  return Object.fromEntries(carry(before, project(parse(applyEdits(text, edits)), graph), edits));
}

const at = (what: string) => text.indexOf(what);

test('what is put in before a step moves it on', () => {
  const edits = [{ from: at('  - id'), to: at('  - id'), insert: '  - filter: a > 1\n' }];
  expect(keysAfter(edits)).toEqual({ 'steps/0': 'steps/0', 'steps/1': 'steps/2', 'steps/2': 'steps/3' });
});

test('what is taken out is gone', () => {
  const edits = [{ from: at('  - set'), to: at('  - id'), insert: '' }];
  expect(keysAfter(edits)).toEqual({ 'steps/1': 'steps/0', 'steps/2': 'steps/1' });
});

test('an id is followed wherever it goes', () => {
  const step = text.slice(at('  - id'), at('  - respond'));
  const edits = [
    { from: at('  - set'), to: at('  - set'), insert: step },
    { from: at('  - id'), to: at('  - respond'), insert: '' },
  ];
  expect(keysAfter(edits)).toEqual({ 'steps/0': 'steps/1', 'steps/1': 'steps/0', 'steps/2': 'steps/2' });
});

test.each([
  [5, [{ from: 0, to: 0, insert: 'ab' }], 7],
  [5, [{ from: 5, to: 5, insert: 'ab' }], 7],
  [5, [{ from: 6, to: 7, insert: '' }], 5],
  [5, [{ from: 3, to: 8, insert: 'x' }], 4],
])('offset %i after %j is %i', (offset, edits, expected) => {
  expect(moved(offset, edits)).toBe(expected);
});
