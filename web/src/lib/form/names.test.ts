import { expect, test } from 'vitest';

import { parse, valueAt } from '../model/doc';
import { project } from '../model/graph';
import { chainOf, mentioned, namesFor, written, type Values } from './names';
import { sightOf } from './visible';

const doc = parse(`trigger: { webhook: {} }
steps:
  - id: order
    name: 訂單
    set: 1
  - http.request: { url: x }
  - for_each:
      in: order.lines
      as: line
      steps:
        - id: here
          set: 2
`);
const graph = project(doc);
const words = { trigger: 'Trigger', vars: 'Variables', index: 'Turn', error: 'Error' };
const nothing: Values = { trigger: undefined, steps: {}, vars: {}, loops: {}, unnamed: {}, pins: new Map(), samples: new Map() };

function names(values: Partial<Values>) {
  const here = graph.all.find((step) => step.id === 'here');
  const loopOf = (step: { path: (string | number)[] }) => valueAt(doc, [...step.path, 'for_each']) as { as: string; in: string };
  return namesFor(here ? sightOf(graph, here) : { steps: [], loops: [], error: false }, graph.triggers, loopOf, { ...nothing, ...values }, words);
}

test('everything before a step has a name, though its value is not known', () => {
  expect(names({}).map(({ name, label, source }) => [name, label, source])).toEqual([
    ['trigger', 'Trigger', 'none'],
    ['order', '訂單', 'none'],
    [undefined, 'http.request', 'none'],
    ['line', 'line', 'none'],
    ['index', 'Turn', 'sample'],
  ]);
});

test('values come from a pin, the run, or an example, in this order', () => {
  const values: Partial<Values> = {
    trigger: { body: 1 },
    steps: { order: { lines: [{ qty: 2 }] } },
    samples: new Map<string, unknown>([['http.request', { status: 200 }], ['set', 3]]),
  };
  expect(names(values).map(({ value, source }) => [value, source])).toEqual([
    [{ body: 1 }, 'run'],
    [{ lines: [{ qty: 2 }] }, 'run'],
    [{ status: 200 }, 'sample'],
    [{ qty: 2 }, 'run'],
    [0, 'sample'],
  ]);
  const key = graph.all.find((step) => step.id === 'order')?.key ?? '';
  expect(names({ ...values, pins: new Map([[key, 7]]) })[1]).toMatchObject({ value: 7, source: 'pin' });
});

test.each([
  [['body', 'lines', 0, 'qty'], '.body.lines[0].qty'],
  [['headers', 'x-id'], '.headers["x-id"]'],
  [['a"b', '訂單'], '["a\\"b"]["訂單"]'],
  [[], ''],
])('%j is written %s', (path, expression) => {
  expect(written(path)).toBe(expression);
});

test.each([
  ['order.total + trigger.body.x', ['order', 'trigger']],
  ['lines.map(|l| l.qty)', ['lines', 'l']],
  ['"order" + a', ['a']],
  ['', []],
])('%s mentions %j', (expression, expected) => {
  expect([...mentioned(expression)]).toEqual(expected);
});

test.each([
  ['order.total', ['order', 'total']],
  ['trigger.body?.lines[0]["x y"]', ['trigger', 'body', 'lines', '1.', 'x y']],
  ['order.total + 1', undefined],
  ['now()', undefined],
])('%s is the chain %j', (expression, chain) => {
  expect(chainOf(expression)).toEqual(chain);
});
