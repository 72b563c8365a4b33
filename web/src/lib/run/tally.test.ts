import { expect, test } from 'vitest';

import type { Run, Step } from '../api/types';
import { parse } from '../model/doc';
import { project } from '../model/graph';
import { givenTo } from './given';
import { bubblesOf, passingOf, recordsByKey } from './tally';

const text = `name: Loop
trigger:
  webhook: { path: loop }
steps:
  - id: order
    set: { total: "{{ trigger.body.total }}" }
  - for_each:
      in: trigger.body.lines
      steps:
        - filter: item.qty > 1
        - id: line
          set: { double: "{{ item.qty * order.total }}" }
  - route:
      - name: Big
        when: order.total > 1
        steps:
          - http.request: { url: "{{ line.double }}" }
      - otherwise:
          - set: { size: small }
  - route:
      - name: Nothing to do
        when: "true"
        steps: []
  - respond: { json: 1 }
on_failure:
  - set: { failed: yes }
`;
const graph = project(parse(text));

function turn(step: number, module: string, status: Step['status'], more: Partial<Step> = {}): Step {
  return { step, turns: [], label: more.id ?? module, module, status, attempts: 1, sandbox: false, ...more };
}

const run: Run = {
  id: 'r',
  scenario: 'loop',
  status: 'succeeded',
  created: 0,
  changed: 1,
  input: { source: 'webhook' },
  steps: [
    turn(0, 'set', 'done', { id: 'order', output: { total: 2 } }),
    turn(1, 'for_each', 'done'),
    turn(2, 'filter', 'filtered', { turns: [0] }),
    turn(2, 'filter', 'done', { turns: [1] }),
    turn(3, 'set', 'done', { id: 'line', turns: [1], output: { double: 4 } }),
    turn(2, 'filter', 'done', { turns: [2] }),
    turn(3, 'set', 'running', { id: 'line', turns: [2] }),
    turn(4, 'route', 'done', { output: ['Big'] }),
    turn(5, 'http.request', 'failed', { attempts: 3 }),
    turn(7, 'route', 'done', { output: ['Nothing to do'] }),
  ],
};

test('each step is counted by what became of each of its turns', () => {
  const bubbles = bubblesOf(run, graph);
  const drawn = (key: string) => {
    const { passed, stopped, failed, status } = bubbles.get(key) ?? {};
    return [passed, stopped, failed, status];
  };
  expect(drawn('trigger')).toEqual([1, 0, 0, 'done']);
  expect(drawn('steps/0')).toEqual([1, 0, 0, 'done']);
  expect(drawn('steps/1/for_each/steps/0')).toEqual([2, 1, 0, 'done']);
  expect(drawn('steps/1/for_each/steps/1')).toEqual([1, 0, 0, 'running']);
  expect(drawn('steps/2/route/0/steps/0')).toEqual([0, 0, 1, 'failed']);
  expect(bubbles.get('steps/2/route/0/steps/0')?.attempts).toBe(3);
  expect(bubbles.has('steps/2/route/1/otherwise/0')).toBe(false);
});

test('a branch is counted, also one without steps', () => {
  const passing = passingOf(run, graph);
  expect(passing.get('steps/2/route/0/steps')).toEqual({ passed: 1, stopped: 0 });
  expect(passing.get('steps/2/route/1/otherwise')).toEqual({ passed: 0, stopped: 1 });
  expect(passing.get('steps/3/route/0/steps')).toEqual({ passed: 1, stopped: 0 });
});

test('a step that moved since is found by its name', () => {
  const moved = { ...run, steps: [turn(3, 'set', 'done', { id: 'order' }), turn(9, 'respond', 'done'), turn(9, 'gone', 'done')] };
  expect([...recordsByKey(moved, graph).keys()]).toEqual(['steps/0', 'steps/4']);
});

test('a step was given what its text names, as it was in its turn', () => {
  const trigger = { body: { total: 2 } };
  const given = (key: string, at: number) => givenTo(run.steps[at]!, graph.all.find((step) => step.key === key)!, text, run, trigger);
  expect(given('steps/0', 0)).toEqual({ trigger });
  expect(given('steps/1/for_each/steps/1', 4)).toEqual({ order: { total: 2 } });
  expect(given('steps/1', 1)).toEqual({ trigger });
  expect(given('steps/2/route/0/steps/0', 8)).toBeUndefined();
});
