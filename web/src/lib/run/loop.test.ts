import { expect, test } from 'vitest';

import { parse } from '../model/doc';
import { project } from '../model/graph';
import { loopsAround } from './loop';

const doc = parse(`steps:
  - for_each:
      in: trigger.body.orders
      as: order
      steps:
        - repeat:
            times: 2
            steps:
              - for_each:
                  in: "{{ order.lines }}"
                  steps:
                    - set: { a: "{{ item }}" }
  - set: { b: 1 }
`);
const graph = project(doc);
const around = (key: string, turns: number[]) => loopsAround(graph.all.find((step) => step.key === key)!, turns, { doc, graph });

test('the loops around a step are found with their turns', () => {
  expect(around('steps/0/for_each/steps/0/repeat/steps/0/for_each/steps/0', [4, 1, 2])).toEqual([
    { name: 'order', list: 'trigger.body.orders', turn: 4 },
    { name: 'item', list: '{{ order.lines }}', turn: 2 },
  ]);
});

test('a loop is not around itself, nor around what follows', () => {
  expect(around('steps/0', [])).toEqual([]);
  expect(around('steps/1', [])).toEqual([]);
});
