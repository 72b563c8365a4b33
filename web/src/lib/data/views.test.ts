import { expect, test } from 'vitest';

import { cell, picturesOf, raw, tableOf, viewsOf } from './views';

const picture = { name: 'photo', filename: 'a.png', content_type: 'image/png', base64: 'iVBORw0KGgo=' };

test.each([
  ['text', 'a', ['json', 'raw']],
  ['nothing', null, ['json', 'raw']],
  ['an object', { a: 1 }, ['tree', 'table', 'json', 'raw']],
  ['an empty list', [], ['tree', 'json', 'raw']],
  ['a picture', picture, ['picture', 'tree', 'table', 'json', 'raw']],
])('%s is shown in the ways that fit', (_, value, views) => {
  expect(viewsOf(value)).toEqual(views);
});

test.each([
  ['objects have a column for each name', [{ a: 1 }, { b: 2, a: 3 }], { columns: ['a', 'b'], rows: [[1, undefined], [3, 2]] }],
  ['an object is names and values', { a: 1, b: [2] }, { columns: [], rows: [['a', 1], ['b', [2]]] }],
  ['a list of others is numbered', ['x', 2], { columns: [], rows: [[1, 'x'], [2, 2]] }],
  ['what is no object stands in the first column', [{ a: 1 }, 7], { columns: ['a'], rows: [[1], [7]] }],
])('%s', (_, value, table) => {
  expect(tableOf(value)).toEqual(table);
});

test('a row has no column that objects inherit', () => {
  const table = tableOf([JSON.parse('{"__proto__": 1, "constructor": 2}'), {}]);
  expect(table?.rows).toEqual([[1, 2], [undefined, undefined]]);
});

test.each([
  ['a file', picture, 1],
  ['files in a list', [picture, picture, 'x'], 2],
  ['files of a form', { files: [picture], other: 1 }, 1],
  ['no picture', { ...picture, content_type: 'text/html' }, 0],
  ['no base64', { ...picture, base64: '"><script>' }, 0],
])('pictures are found: %s', (_, value, count) => {
  expect(picturesOf(value)).toHaveLength(count);
});

test('text is shown without quotes, what is missing as nothing', () => {
  expect([raw('a "b"'), raw({ a: 1 }), cell(undefined), cell(null)]).toEqual(['a "b"', '{"a":1}', '', 'null']);
});
