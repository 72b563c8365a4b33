import { expect, test } from 'vitest';
import { parse, valueAt } from './doc';
import * as edits from './edits';
import { applyEdits } from './text';

const at = (list: (string | number)[], index: number) => ({ list, index });
type Act = (doc: ReturnType<typeof parse>) => ReturnType<typeof edits.setValue>;
const cases: [string, string, Act, string][] = [
  ['an empty file', '', (doc) => edits.insertStep(doc, at(['steps'], 0), 'set: 1'), 'steps:\n  - set: 1\n'],
  ['a file of comments', '# hi\n', (doc) => edits.insertStep(doc, at(['steps'], 0), 'id: a\nset: 1'), '# hi\nsteps:\n  - id: a\n    set: 1\n'],
  ['no steps yet', 'name: A\n', (doc) => edits.insertStep(doc, at(['steps'], 0), 'set: 1'), 'name: A\nsteps:\n  - set: 1\n'],
  ['empty steps', 'steps: # c\nname: A\n', (doc) => edits.insertStep(doc, at(['steps'], 0), 'set: 1'), 'steps: # c\n  - set: 1\nname: A\n'],
  ['[] as steps', 'steps: [] # c', (doc) => edits.insertStep(doc, at(['steps'], 0), 'set: 1'), 'steps: # c\n  - set: 1'],
  ['between', 'steps:\n  - set: 1\n\n  # two\n  - set: 2\n', (doc) => edits.insertStep(doc, at(['steps'], 1), 'set: 3'), 'steps:\n  - set: 1\n\n  - set: 3\n\n  # two\n  - set: 2\n'],
  ['at the end', 'steps:\n- set: 1\n- set: 2 # x\n  # own\n# not\n', (doc) => edits.insertStep(doc, at(['steps'], 2), 'set: 3'), 'steps:\n- set: 1\n- set: 2 # x\n  # own\n- set: 3\n# not\n'],
  ['CRLF', 'steps:\r\n  - set: 1\r\n  - set: 2\r\n', (doc) => edits.insertStep(doc, at(['steps'], 2), 'id: a\nset: 3'), 'steps:\r\n  - set: 1\r\n  - set: 2\r\n  - id: a\r\n    set: 3\r\n'],
  ['within brackets', 'steps: [{ set: 1 }]\n', (doc) => edits.insertStep(doc, at(['steps'], 1), 'id: a\nset: x y'), 'steps: [{ set: 1 }, { id: a, set: x y }]\n'],
  ['take out the first', 'steps:\n  # one\n  - set: 1 # 1\n\n  - set: 2\n', (doc) => edits.removeSteps(doc, [['steps', 0]]), 'steps:\n  - set: 2\n'],
  ['take out the last', 'steps:\n  - set: 1\n\n  # two\n  - set: 2\n    # in two\n\ntests: []\n', (doc) => edits.removeSteps(doc, [['steps', 1]]), 'steps:\n  - set: 1\n\ntests: []\n'],
  ['take out all', 'steps: # c\n  - set: 1\n  - set: 2\nname: A\n', (doc) => edits.removeSteps(doc, [['steps', 0], ['steps', 1]]), 'steps: [] # c\nname: A\n'],
  ['move down', 'steps:\n  # one\n  - set: 1\n  - set: 2\n  - set: 3\n', (doc) => edits.moveStep(doc, ['steps', 0], at(['steps'], 2)), 'steps:\n  - set: 2\n  # one\n  - set: 1\n  - set: 3\n'],
  ['move up', 'steps:\n  - set: 1\n  - set: |\n      a\n\n      b\n  - set: 3\n', (doc) => edits.moveStep(doc, ['steps', 1], at(['steps'], 0)), 'steps:\n  - set: |\n      a\n\n      b\n  - set: 1\n  - set: 3\n'],
  ['move into a loop', 'steps:\n  - set: 1\n  - for_each:\n      in: a\n      steps: []\n', (doc) => edits.moveStep(doc, ['steps', 0], at(['steps', 1, 'for_each', 'steps'], 0)), 'steps:\n  - for_each:\n      in: a\n      steps:\n        - set: 1\n'],
  ['set a text', 'a: 1 # c\n', (doc) => edits.setValue(doc, ['a'], 'yes'), 'a: "yes" # c\n'],
  ['keep quotes', "a: 'x' # c\n", (doc) => edits.setValue(doc, ['a'], "it's"), "a: 'it''s' # c\n"],
  ['a block text', 'a: x # c\nb: 1\n', (doc) => edits.setValue(doc, ['a'], 'l 1\n\nl 2'), 'a: |- # c\n  l 1\n\n  l 2\nb: 1\n'],
  ['from a block text', 'a: | # c\n  x\n  y\n\nb: 1\n', (doc) => edits.setValue(doc, ['a'], 'z'), 'a: z # c\n\nb: 1\n'],
  ['a map from nothing', 'steps:\n  - id: a\n    webhook:\n    note: x\n', (doc) => edits.setValue(doc, ['steps', 0, 'webhook', 'path'], 'p'), 'steps:\n  - id: a\n    webhook:\n      path: p\n    note: x\n'],
  ['deep from nothing', 'steps:\n  - set: 1\n', (doc) => edits.setValue(doc, ['steps', 0, 'retry', 'attempts'], 3), 'steps:\n  - set: 1\n    retry:\n      attempts: 3\n'],
  ['a new first key', 'steps:\n  - set: 1 # c\n', (doc) => edits.setValue(doc, ['steps', 0, 'id'], 'a'), 'steps:\n  - id: a\n    set: 1 # c\n'],
  ['within braces', 'steps:\n  - { set: 1 }\n', (doc) => edits.setValue(doc, ['steps', 0, 'id'], 'a'), 'steps:\n  - { id: a, set: 1 }\n'],
  ['a map, key by key', 'a:\n  x: 1 # one\n  y: 2\n', (doc) => edits.setValue(doc, ['a'], { x: 1, z: 'q: r' }), 'a:\n  x: 1 # one\n  z: "q: r"\n'],
  ['a list, item by item', 'a:\n  - x # 1\n  - y\n  - z # 3\n', (doc) => edits.setValue(doc, ['a'], ['x', 'q', 'w', 'z']), 'a:\n  - x # 1\n  - q\n  - w\n  - z # 3\n'],
  ['no key behind a dash', 'steps:\n  - id: a # A\n    # why\n    set: 1\n', (doc) => edits.removeValue(doc, ['steps', 0, 'id']), 'steps:\n  # why\n  - set: 1\n'],
  ['switch off', 'steps:\n  - set: 1\n    note: n\n', (doc) => edits.setDisabled(doc, ['steps', 0], 'disabled'), 'steps:\n  - set: 1\n    note: n\n    disabled: true\n'],
  ['an id', 'steps:\n  - http.request: { url: x }\n', (doc) => edits.ensureId(doc, ['steps', 0]).edits, 'steps:\n  - id: request\n    http.request: { url: x }\n'],
  ['double', 'steps:\n  - id: a\n    set: 1\n', (doc) => edits.duplicateStep(doc, ['steps', 0]), 'steps:\n  - id: a\n    set: 1\n\n  - id: a_2\n    set: 1\n'],
  ['a second trigger', 'trigger:\n  webhook:\n    path: x # p\nsteps: []\n', (doc) => edits.addTrigger(doc, 'schedule: { every: 5m }'), 'trigger:\n  - webhook:\n      path: x # p\n  - schedule: { every: 5m }\nsteps: []\n'],
  ['a trigger within braces', 'trigger: { webhook: {} }\n', (doc) => edits.addTrigger(doc, 'manual:'), 'trigger:\n  - { webhook: {} }\n  - manual:\n'],
  ['a first trigger', 'name: A\nsteps: []\n', (doc) => edits.addTrigger(doc, 'webhook:'), 'name: A\ntrigger:\n  webhook:\nsteps: []\n'],
  ['a branch', 'steps:\n  - route:\n      - when: a\n        steps: []\n      - otherwise: []\n', (doc) => edits.addBranch(doc, ['steps', 0], { name: 'B' }), 'steps:\n  - route:\n      - when: a\n        steps: []\n      - name: B\n        steps: []\n      - otherwise: []\n'],
  ['a lane', 'steps:\n  - parallel:\n      a: []\n', (doc) => edits.addBranch(doc, ['steps', 0]), 'steps:\n  - parallel:\n      a: []\n      branch_2: []\n'],
];

test.each(cases)('%s', (_, before, act, after) => {
  const result = applyEdits(before, act(parse(before)));
  expect(result).toBe(after);
  expect(parse(result).faults).toEqual([]);
});

test('what was copied is pasted with ids of its own', () => {
  const doc = parse('steps:\n  # why\n  - id: a\n    set: "{{ trigger.x }}"\n');
  const yaml = edits.copySteps(doc, [['steps', 0]]);
  expect(yaml).toBe('# why\n- id: a\n  set: "{{ trigger.x }}"\n');
  const after = parse(applyEdits(doc.text, edits.pasteSteps(doc, at(['steps'], 1), yaml)));
  expect(valueAt(after, ['steps', 1, 'id'])).toBe('a_2');
});
