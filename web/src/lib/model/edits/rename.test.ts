import { expect, test } from 'vitest';
import { parse } from '../doc';
import { applyEdits } from '../text';
import { freshId } from './names';
import { isFreeId, renameId } from './rename';

const BEFORE = `steps:
  - id: order
    set: "{{ trigger.order }} order"
  - when: order.total > 0 # order
    http.request:
      url: 'https://x/{{ order.id }}/order?q={{order["order"]}}'
      json: { order: "{{ order }}", when: order, text: "{{ f(\\"order\\", order) }}", s: '{{ it(''order'', order) }}' }
    retry: { attempts: 2, when: order.ok }
  - rhai: |
      let x = order.total;
      let order = 1; // own
      order
  - for_each:
      in: order.lines
      steps:
        - filter: "{{ order.a }}"
      collect: { sum: order.b }
  - route:
      - when: order.c
        steps: []
  - text: >
      {{ order.d }} and {{ list.map(|order| order.e) }}
tests:
  - mock: { order: { order: 1 } }
    expect: { skipped: [order], outputs: { order: 1 }, error: { step: order }, response: { json: { order: order } } }
`;
const AFTER = `steps:
  - id: sale
    set: "{{ trigger.order }} order"
  - when: sale.total > 0 # order
    http.request:
      url: 'https://x/{{ sale.id }}/order?q={{sale["order"]}}'
      json: { order: "{{ sale }}", when: order, text: "{{ f(\\"order\\", sale) }}", s: '{{ it(''order'', sale) }}' }
    retry: { attempts: 2, when: sale.ok }
  - rhai: |
      let x = sale.total;
      let order = 1; // own
      order
  - for_each:
      in: sale.lines
      steps:
        - filter: "{{ sale.a }}"
      collect: { sum: sale.b }
  - route:
      - when: sale.c
        steps: []
  - text: >
      {{ sale.d }} and {{ list.map(|order| order.e) }}
tests:
  - mock: { sale: { order: 1 } }
    expect: { skipped: [sale], outputs: { sale: 1 }, error: { step: sale }, response: { json: { order: order } } }
`;

test('all that refers to a step follows its id', () => {
  expect(applyEdits(BEFORE, renameId(parse(BEFORE), ['steps', 0], 'sale'))).toBe(AFTER);
  expect(applyEdits(AFTER, renameId(parse(AFTER), ['steps', 0], 'order'))).toBe(BEFORE);
});

test.each(['', 'a b', '1a', 'trigger', 'order', 'let'])('%j is no free id', (id) => {
  expect(isFreeId(parse(BEFORE), id)).toBe(false);
  expect(renameId(parse(BEFORE), ['steps', 1], id)).toEqual([]);
});

test.each([
  ['http.request', 'request'],
  ['webhook', 'webhook'],
  ['', 'step'],
  ['讀', 'step'],
  ['call', 'call_2'],
  ['x.order', 'order_2'],
])('an id for %j: %s', (wish, id) => expect(freshId(wish, new Set(['order']))).toBe(id));
