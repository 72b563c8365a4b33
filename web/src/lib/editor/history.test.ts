import { expect, test } from 'vitest';

import { applyEdits, invert, type TextEdit } from '../model/text';
import { History } from './history';

/** A text that is changed through a history. */
function writer(text: string) {
  const history = new History();
  const apply = (all: TextEdit[][]) => {
    for (const edits of all) text = applyEdits(text, edits);
    return text;
  };
  return {
    history,
    write(insert: string, at: number, join?: string) {
      const edits = [{ from: text.length, to: text.length, insert }];
      history.push({ label: insert, edits, back: invert(text, edits) }, join, at);
      return apply([edits]);
    },
    undo: () => apply(history.undo()),
    redo: () => apply(history.redo()),
  };
}

test('each act is taken back by itself, and done again', () => {
  const { write, undo, redo, history } = writer('a');
  write('b', 0);
  write('c', 1);
  expect(undo()).toBe('ab');
  expect(undo()).toBe('a');
  expect(history.canUndo).toBe(false);
  expect(redo()).toBe('ab');
  expect(redo()).toBe('abc');
  expect(history.canRedo).toBe(false);
});

test('letters typed in a row are one step, until a pause or another field', () => {
  const { write, undo } = writer('');
  write('a', 0, 'text');
  write('b', 900, 'text');
  write('c', 2500, 'text');
  write('d', 2600, 'name');
  expect(undo()).toBe('abc');
  expect(undo()).toBe('ab');
  expect(undo()).toBe('');
});

test('a new act ends what could be done again, and is not joined with what was taken back', () => {
  const { write, undo, redo, history } = writer('');
  write('a', 0, 'text');
  undo();
  redo();
  write('b', 10, 'text');
  expect(undo()).toBe('a');
  write('c', 20);
  expect(history.canRedo).toBe(false);
});
