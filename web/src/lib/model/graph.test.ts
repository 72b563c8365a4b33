import { expect, test } from 'vitest';
import { parse } from './doc';
import { project } from './graph';
import { layout } from './layout';

const TEXT = `name: 訂單
trigger:
  - webhook: { path: a }
  - schedule: { every: 5m }
steps:
  - id: order
    name: 讀訂單
    set: 1
  - filter: order > 0
  - route:
      - name: big
        when: order > 9
        steps:
          - set: 1
          - email.send: {}
            disabled: true
            on_error:
              steps: [{ stop: }]
      - otherwise:
          - fail: no
  - parallel:
      left: [{ set: 1 }]
      right:
        - for_each: { in: order, steps: [{ set: 2 }] }
on_failure:
  - set: 3
`;

test('a text as a tree', () => {
  const graph = project(parse(TEXT));
  expect(graph.name).toBe('訂單');
  expect(graph.all.map(({ key, label, module }) => `${key} ${label} ${module}`)).toEqual([
    'trigger/0 webhook webhook',
    'trigger/1 schedule schedule',
    'steps/0 讀訂單 set',
    'steps/1 filter filter',
    'steps/2 route route',
    'steps/2/route/0/steps/0 set set',
    'steps/2/route/0/steps/1 email.send email.send',
    'steps/2/route/0/steps/1/on_error/steps/0 stop stop',
    'steps/2/route/1/otherwise/0 fail fail',
    'steps/3 parallel parallel',
    'steps/3/parallel/left/0 set set',
    'steps/3/parallel/right/0 for_each for_each',
    'steps/3/parallel/right/0/for_each/steps/0 set set',
    'on_failure/0 set set',
  ]);
  expect(graph.steps[1]).toMatchObject({ filter: 'order > 0', kind: 'flow', line: 9 });
  expect(graph.steps[2]!.branches).toMatchObject([
    { kind: 'route', label: 'big', when: 'order > 9', path: ['steps', 2, 'route', 0, 'steps'] },
    { kind: 'otherwise', label: null, when: null },
  ]);
  expect(graph.steps[3]!.branches.map(({ label }) => label)).toEqual(['left', 'right']);
});

test('what did not change is the same object, at its new line', () => {
  const before = project(parse(TEXT));
  const after = project(parse(`# new\n${TEXT.replace('order > 9', 'order > 10').replace('set: 3', 'set: 4')}`), before);
  const fresh = after.all.filter((step) => !before.all.includes(step)).map(({ key }) => key);
  expect(fresh).toEqual(['steps/2']);
  expect(after.failure[0]!.line).toBe(27);
});

test.each(['', 'steps:', 'steps: 1', '- a', 'steps: [1, , {}]', 'steps:\n  -\n  - set', 'trigger: webhook', 'steps: &a [*a]', ':', '{', 'steps:\n\t- a'])(
  'half a text is read as far as it goes: %j',
  (text) => {
    const graph = project(parse(text));
    const { nodes } = layout(graph, {});
    expect(nodes.size).toBe(graph.all.length);
  },
);

test('steps stand from left to right, and no two in one place', () => {
  const graph = project(parse(TEXT));
  const { nodes, lines, frames } = layout(graph, { order: { x: 200, y: -40 } });
  expect(nodes.get('steps/0')).toEqual({ x: 200, y: -40 });
  const places = [...nodes.values()].map(({ x, y }) => `${x} ${y}`);
  expect(new Set(places).size).toBe(places.length);
  expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
  expect(frames.map(({ kind }) => kind)).toEqual(['error', 'route', 'otherwise', 'parallel', 'loop', 'parallel', 'failure']);
});
