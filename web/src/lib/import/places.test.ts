import { expect, test } from 'vitest';

import { parse } from '../model/doc';
import { project } from '../model/graph';
import { placed } from './places';
import { fitted, sketch } from './sketch';

const graph = project(
  parse(`trigger: { webhook: {} }
steps:
  - id: row
    set: {}
  - id: choice
    route:
      - when: "true"
        steps:
          - id: mail
            email.send: {}
  - id: done
    respond: {}
`),
);

const row = { step: 'row', x: 300, y: 40 };
const choice = { step: 'choice', x: 600, y: 40 };
const mail = { step: 'mail', x: 900, y: -100 };
const done = { step: 'done', x: 1500, y: 40.4 };

test('steps stand as they stood, the first behind the trigger', () => {
  const places = { row: { x: 190, y: 0 }, choice: { x: 490, y: 0 }, mail: { x: 790, y: -140 }, done: { x: 1390, y: 0 } };
  expect(placed(graph, [row, choice, mail, done])).toEqual(places);
});

test('half of a picture is none, nor is one in which steps cover each other', () => {
  expect(placed(graph, [row, choice, mail])).toEqual({});
  expect(placed(graph, [row, choice, { ...mail, x: 640, y: 60 }, done])).toEqual({});
  expect(placed(graph, [])).toEqual({});
});

test('the sketch has every step within it, and lines between them', () => {
  const { left, top, width, height, discs, frames, lines } = sketch(graph, {});
  expect(discs.map(({ step }) => step.key)).toEqual(['trigger', 'steps/0', 'steps/1', 'steps/1/route/0/steps/0', 'steps/2']);
  for (const { at } of discs) {
    expect(at.x - 32).toBeGreaterThan(left);
    expect(at.x + 32).toBeLessThan(left + width);
    expect(at.y - 32).toBeGreaterThan(top);
    expect(at.y + 32).toBeLessThan(top + height);
  }
  expect(frames).toHaveLength(1);
  expect(lines).toHaveLength(4);
  expect(lines.every(({ from, to }) => from.x < to.x)).toBe(true);
});

test('an empty scenario has a sketch of nothing', () => {
  expect(sketch(project(parse('steps: []')), {})).toMatchObject({ discs: [], frames: [], lines: [] });
});

test.each([
  ['webhook', 'webhook'],
  ['write_it_down!', 'write_it_down!'],
  ['a name that is far too long', 'a name that i…'],
  ['訂單寫入試算表', '訂單寫入試算表'],
  ['訂單寫入試算表之後通知', '訂單寫入試算表…'],
])('%s is shown as %s', (name, shown) => {
  expect(fitted(name)).toBe(shown);
});
