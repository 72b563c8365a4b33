import { describe, expect, test } from 'vitest';
import { access, references, renamed, tokens } from './expression';
import { expressionOf, isWhole, join, pathOf, pill, spans, split } from './pills';

test.each([
  ['order.total', ['order:total']],
  ['order?.lines[0]["a b"]?["c"].len()', ['order:lines,0,a b,c']],
  ['trigger.body.lines.map(|l| l.qty * price.of).sum()', ['trigger:body,lines', 'price:of']],
  ['booked.filter(|entry| entry.side == "in" && other).map(|e| entry.x)', ['booked:', 'other:', 'entry:x']],
  ['f(|a, b| a + b, a)', ['a:']],
  ['a || b', ['a:', 'b:']],
  ['list.any(|| a)', ['list:', 'a:']],
  ['#{ order: order.total, "x": y }', ['order:total', 'y:']],
  ["'order' + `x ${order.id} ${'}'}`", ['order:id']],
  ['if x { let y = z; y + w } else { y }', ['x:', 'z:', 'w:', 'y:']],
  ['for row in rows { row.x }', ['rows:']],
  ['0..n', ['n:']],
  ['// order\n a /* b */', ['a:']],
  ['訂單.金額 > 3', ['訂單:金額']],
  ['now().year', []],
  ['"not ended', []],
  ['', []],
])('names in %j', (expression, names) => {
  expect(references(expression).map(({ name, path }) => `${name}:${path.join(',')}`)).toEqual(names);
});

test.each([
  ['order.total + trigger.order', 'sale.total + trigger.order'],
  ["list.map(|order| order.x) + order", "list.map(|order| order.x) + sale"],
  ["'order' == order.name", "'order' == sale.name"],
  ['`${order}` + "${order}"', '`${sale}` + "${order}"'],
])('%j under another name', (before, after) => expect(renamed(before, 'order', 'sale')).toBe(after));

test('words cover the whole text', () => {
  const source = "a?.b ?? 'x\\'y' // c\n + `${d}` § 0x1F \\";
  expect(tokens(source).map((token) => token.source).join('')).toBe(source);
  expect(tokens(source).find(({ kind }) => kind === 'text')?.text).toBe("x'y");
});

describe('pills', () => {
  test.each([
    ['Hi {{ name.first }}!', ['Hi ', 'name › first', '!']],
    ["{{ '}}' }}{{x}}", ["'}}'", 'x']],
    ["{{ if a { 'b' } else { 'c' } }} d", ["if a { 'b' } else { 'c' }", ' d']],
    ['\\{{ no }} {{ #{a: 1} }}', ['\\{{ no }} ', '#{a: 1}']],
    ['{{ not ended', ['{{ not ended']],
    ["{{ 'odd }} x", ["'odd", ' x']],
    ['{{ order["總 額"] }}', ['訂單 › 總 額']],
    ['', []],
  ])('%j', (template, labels) => {
    const parts = split(template, (id) => (id === 'order' ? '訂單' : id));
    expect(parts.map((part) => (typeof part === 'string' ? part : part.label))).toEqual(labels);
    expect(join(parts)).toBe(template);
  });

  test.each([
    [['order', 'total'], '{{ order.total }}'],
    [['order', 'lines', 0, "it's"], "{{ order.lines[0]['it\\'s'] }}"],
    [['trigger', 'headers', 'x-id'], "{{ trigger.headers['x-id'] }}"],
  ])('%j as a pill, and back', (path, text) => {
    expect(pill(path)).toBe(text);
    expect(pathOf(expressionOf(path))).toEqual(path.map(String));
  });

  test('what a pill says anew is written anew', () => {
    const [part] = split('{{x}}');
    expect(join([{ ...(part as object), source: 'y' } as never])).toBe('{{ y }}');
    expect(access(3)).toBe('[3]');
  });

  test.each([['{{ a }}', true], [' {{ a }} ', true], ['{{ a }}{{ b }}', false], ['x {{ a }}', false], ['a', false]])('%j is whole: %j', (text, whole) => {
    expect(isWhole(text)).toBe(whole);
    expect(spans(text).length).toBeLessThan(3);
  });
});
