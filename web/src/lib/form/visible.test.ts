import { expect, test } from 'vitest';

import { parse } from '../model/doc';
import { project } from '../model/graph';
import { sightOf } from './visible';

const graph = project(
  parse(`trigger: { webhook: {} }
steps:
  - id: first
    set: 1
  - id: loop
    for_each:
      in: first
      steps:
        - id: inner
          set: 2
        - id: last
          set: 3
  - id: both
    parallel:
      a:
        - id: left
          set: 4
      b:
        - id: right
          set: 5
  - id: split
    route:
      - when: a
        steps:
          - id: one
            set: 6
      - otherwise:
          - id: two
            set: 7
  - id: risky
    http.request: { url: x }
    on_error:
      steps:
        - id: rescue
          set: 8
  - id: end
    set: 9
on_failure:
  - id: tell
    set: 10
`),
);

test.each([
  ['first', [], [], false],
  ['last', ['first', 'inner'], ['loop'], false],
  ['right', ['first', 'loop'], [], false],
  ['one', ['first', 'loop', 'left', 'right', 'both'], [], false],
  ['two', ['first', 'loop', 'left', 'right', 'both'], [], false],
  ['rescue', ['first', 'loop', 'left', 'right', 'both', 'split'], [], true],
  ['end', ['first', 'loop', 'left', 'right', 'both', 'split', 'risky'], [], false],
  ['tell', ['first', 'loop', 'both', 'split', 'risky', 'end'], [], true],
])('%s sees %j', (id, steps, loops, error) => {
  const step = graph.all.find((one) => one.id === id);
  const sight = step && sightOf(graph, step);
  expect(sight?.steps.map((one) => one.id)).toEqual(steps);
  expect(sight?.loops.map((one) => one.id)).toEqual(loops);
  expect(sight?.error).toBe(error);
});
