import { expect, test } from 'vitest';

import { diff, pieces, size } from './diff';

const marks = { same: ' ', removed: '-', added: '+' };
const drawn = (before: string, after: string) => diff(before, after).map(({ kind, text }) => marks[kind] + text);

test.each([
  ['the same', 'a\nb', 'a\nb', [' a', ' b']],
  ['a line in the middle', 'a\nb\nc', 'a\nx\nc', [' a', '-b', '+x', ' c']],
  ['a line more at the end', 'a', 'a\nb', [' a', '+b']],
  ['a line that moved', 'a\nb\nc', 'b\nc\na', ['-a', ' b', ' c', '+a']],
  ['everything new', '', 'a\nb', ['-', '+a', '+b']],
  ['lines that come again', 'x\na\nx', 'x\nx\na\nx', [' x', '+x', ' a', ' x']],
])('%s', (_, before, after, lines) => {
  expect(drawn(before, after)).toEqual(lines);
});

test('either text can be read from the lines', () => {
  const random = (() => {
    let seed = 7;
    return (below: number) => (seed = (seed * 16807) % 2147483647) % below;
  })();
  for (let round = 0; round < 200; round += 1) {
    const text = () => Array.from({ length: random(30) }, () => 'abcd'[random(4)]).join('\n');
    const [before, after] = [text(), text()];
    const lines = diff(before, after);
    const side = (without: string) => lines.filter(({ kind }) => kind !== without).map((line) => line.text).join('\n');
    expect(side('added')).toBe(before);
    expect(side('removed')).toBe(after);
    const numbers = lines.flatMap((line) => line.after ?? []);
    expect(numbers).toEqual(after.split('\n').map((_, at) => at + 1));
  }
});

test('what is too long to be compared is shown as replaced', () => {
  const text = (letter: string) => Array.from({ length: 3000 }, (_, at) => letter + at).join('\n');
  expect(size(diff(`a\n${text('x')}\nz`, `a\n${text('y')}\nz`))).toEqual({ added: 3000, removed: 3000 });
});

test('only what lies around changes is shown, in pieces', () => {
  const lines = Array.from({ length: 30 }, (_, at) => String(at));
  const changed = lines.with(5, 'five').with(25, 'twenty-five');
  const found = pieces(diff(lines.join('\n'), changed.join('\n')), 2);
  expect(found.map((piece) => piece.map((line) => line.text).join(' '))).toEqual(['3 4 5 five 6 7', '23 24 25 twenty-five 26 27']);
});
