import { isMap, isPair, isSeq } from 'yaml';
import { expect, test } from 'vitest';
import { colonOf, dashOf, type Doc, endOf, lineOf, parse, pathAt, rangeAt, sourceAt, valueAt } from './doc';
import { startOf } from './places';
import { project } from './graph';
import { applyEdits } from './text';
import { Chance } from './trial/chance';
import { BROKEN, large, ODD } from './trial/corpus';

/** Everything that is asked of a document: values, places, signs. */
function facts(doc: Doc): unknown {
  const told: unknown[] = [];
  const visit = (node: unknown): void => {
    if (isPair(node)) {
      told.push(colonOf(node), endOf(node));
      visit(node.key);
      visit(node.value);
    } else if (isMap(node) || isSeq(node)) {
      told.push(node.range?.[0], endOf(node), isSeq(node) ? node.items.map((_, index) => dashOf(node, index)) : []);
      node.items.forEach((item, index) => {
        told.push(startOf(node, index));
        visit(item);
      });
    } else told.push((node as { range?: number[] } | null)?.range?.slice(0, 2), node && endOf(node));
  };
  visit(doc.document.contents);
  return { told, faults: doc.faults, value: valueAt(doc, []), steps: project(doc).all.map(({ key, line, range }) => [key, line, range]) };
}

test('what is read again in part is as if it were read as a whole', { timeout: 120_000 }, () => {
  const chance = new Chance(5);
  const pieces = ['x', ' ', '\n', '\n    ', '\n  - set: 1\n', '  ', '- ', ': ', '# c', '"', '|', '&a', '\n#', '\r\n', '', '', '', '訂'];
  const texts = [large(6), `${large(4)}\ntests:\n  - name: t\n`, ...ODD];
  for (let round = 0; round < 1_000; round += 1) {
    let doc = parse(chance.of(texts));
    for (let count = 0; count < 3; count += 1) {
      const from = chance.below(doc.text.length + 1);
      const to = Math.min(doc.text.length, from + (chance.below(4) === 0 ? chance.below(60) : chance.below(3)));
      const after = applyEdits(doc.text, [{ from, to, insert: chance.of(pieces) }]);
      const before = doc;
      doc = parse(after, before);
      expect({ text: after, ...(facts(doc) as object) }).toEqual({ text: after, ...(facts(parse(after)) as object) });
      if (round % 10 === 0) expect(facts(before)).toEqual(facts(parse(before.text)));
      if (doc.faults.length > 0) break;
    }
  }
});

test('an old document answers as before', () => {
  const before = parse(large(3));
  const after = parse(before.text.replace('Step 1 ', 'Another '), before);
  expect([valueAt(before, ['steps', 1, 'name']), valueAt(after, ['steps', 1, 'name'])]).toEqual(['Step 1 步驟', 'Another 步驟']);
});

test.each(BROKEN)('%j is read without failing', (text) => {
  const doc = parse(text);
  for (let offset = 0; offset <= text.length; offset += 1) expect(Array.isArray(pathAt(doc, offset))).toBe(true);
  valueAt(doc, []);
});

const TEXT = 'name: A # c\nsteps:\n  - id: a\n    http.request: { url: x, q: [1, 2] }\n    text: |\n      b\n      c\n  - set: 1\n';

test.each([
  [0, ['name']],
  [7, ['name']],
  [TEXT.indexOf('id: a') + 4, ['steps', 0, 'id']],
  [TEXT.indexOf('url'), ['steps', 0, 'http.request', 'url']],
  [TEXT.indexOf('2]'), ['steps', 0, 'http.request', 'q', 1]],
  [TEXT.indexOf('c\n  -'), ['steps', 0, 'text']],
  [TEXT.indexOf('- set'), ['steps', 1]],
  [TEXT.length, []],
])('at %d is %j', (offset, path) => expect(pathAt(parse(TEXT), offset)).toEqual(path));

test('where values stand', () => {
  const doc = parse(TEXT);
  expect(sourceAt(doc, ['steps', 0, 'http.request'])).toBe('{ url: x, q: [1, 2] }');
  expect(sourceAt(doc, ['steps', 0, 'text'])).toBe('|\n      b\n      c');
  expect(lineOf(doc, ['steps', 1])).toBe(8);
  expect(lineOf(doc, ['steps', 0, 'text'])).toBe(5);
  expect(rangeAt(doc, ['none'])).toBeUndefined();
  expect(valueAt(parse('a: 12345678901234567890'), ['a'])).toBe(12345678901234567890n);
  expect(Object.keys(valueAt(parse('__proto__: { x: 1 }'), []) as object)).toEqual(['__proto__']);
});
