// Random acts on a text, each with what must be true of the text after it: what its values are, and which of its lines
// may differ. What is expected is worked out on plain data, apart from the code that edits.
import { type Doc, nodeAt, parse, type Path, valueAt } from '../doc';
import * as edits from '../edits';
import { type Graph, type Step } from '../graph';
import type { TextEdit } from '../text';
import type { Chance } from './chance';

export interface Act {
  name: string;
  edits: TextEdit[];
  /** The values of the whole text after it; none where only their being there is looked at. */
  expected?: unknown;
  /** Whose lines may differ: those of the steps or keys at these paths. */
  touched: Path[];
  /** Steps that are put in, so lines may come but none may go. */
  adds?: boolean;
}

export const VALUES: unknown[] = [
  1, -2.5, true, null, '', ' ', 'text', 'yes', 'NO', '0123', '1e3', '1:30', '.5', '~', 'null', '- a', '# c', 'a # b', 'a: b', 'a:', '{{ x }}', 'an {{ x }}',
  "it's", 'say "hi"', 'both \' and "', 'back\\slash', 'tab\there', 'l1\nl2', 'l1\n\nl3\n', '  lead\nx', '\n', 'x\n\n', 'trail \n x', '訂單：一', '\u0007', '😀', '[a', '{a', '*a', '&a', '!a',
  '%a', '@a', '`a', '---', '?', '? a', ',', 'a, b', '2026-01-02', '=', '<<', 'C:\\x', 'a\r\nb', '\u2028', [], {}, [1, 'a: b'], { a: 1, 'b c': [{ d: 'x\ny' }] }, [[1], []], [{ a: 1, b: 2 }, 'x'],
  { 'yes': 'no', '': 1, '#': 2, '12': 3 },
];

const STEPS = ['set: 1', 'id: fresh\nset: "{{ trigger }}" # new', '# why\n# so\nid: more\nhttp.request:\n  url: x\n  text: |\n    a\n\n      b\nnote: n', 'route:\n  - when: a\n    steps: []', 'fail: no', '{ set: { a: 1 } }', 'wait: 1s\n# behind'];
const TRIGGERS = ['webhook:', 'schedule: { every: 5m }', '# nightly\nschedule:\n  cron: "0 7 * * *"'];

const clone = (value: unknown): any => structuredClone(value);

function at(value: any, path: Path): any {
  return path.reduce((found, step) => found?.[step], value);
}

/** A random act that is possible on a text. */
export function anAct(chance: Chance, doc: Doc, graph: Graph): Act {
  const steps = graph.all.filter(({ kind, readOnly }) => kind !== 'trigger' && !readOnly);
  const all: Path[] = [['steps'], ...steps.flatMap(({ branches }) => branches.map(({ path }) => path))];
  const lists = all.filter((path) => Array.isArray(valueAt(doc, path) ?? []));
  const acts = steps.length === 0 || lists.length === 0 ? [name, trigger, ...(lists.length > 0 ? [insert] : [])] : [insert, insert, take, move, move, set, set, set, unset, off, note, name, double, identify, rename, branch, trigger, deep, copied];
  return chance.of(acts)(chance, doc, steps, lists, graph);
}

type Maker = (chance: Chance, doc: Doc, steps: Step[], lists: Path[], graph: Graph) => Act;

const all = (doc: Doc): any => valueAt(doc, []) ?? {};

function listIn(root: any, path: Path): any[] {
  const holder = at(root, path.slice(0, -1));
  const last = path.at(-1)!;
  if (!Array.isArray(holder[last])) holder[last] = [];
  return holder[last];
}

const insert: Maker = (chance, doc, _, lists) => {
  const list = chance.of(lists);
  const length = ((valueAt(doc, list) as unknown[] | null) ?? []).length ?? 0;
  const index = chance.below(length + 1);
  const step = chance.of(STEPS);
  const expected = all(doc);
  listIn(expected, list).splice(index, 0, valueOfStep(step));
  return { name: `insert ${list.join('/')} ${index} ${JSON.stringify(step)}`, edits: edits.insertStep(doc, { list, index }, step), expected, touched: [], adds: true };
};

function valueOfStep(step: string): unknown {
  return valueAt(parse(step), []);
}

const take: Maker = (chance, doc, steps) => {
  const paths = steps.filter(() => chance.below(steps.length) < 2).map(({ path }) => path);
  const own = paths.filter((path) => !paths.some((other) => other.length < path.length && other.every((part, index) => part === path[index])));
  const expected = all(doc);
  const marks = own.map((path) => at(expected, path));
  const holders = own.map((path) => at(expected, path.slice(0, -1)));
  holders.forEach((list, index) => list.splice(list.indexOf(marks[index]), 1));
  return { name: `take ${own.map((path) => path.join('/')).join(' ')}`, edits: edits.removeSteps(doc, paths), ...(unique(marks) ? { expected } : {}), touched: own };
};

/** Whether each is an object of its own, so that it is found again in its list. */
function unique(marks: readonly unknown[]): boolean {
  return marks.every((mark) => typeof mark === 'object' && mark !== null);
}

const move: Maker = (chance, doc, steps, lists) => {
  const { path } = chance.of(steps);
  const list = chance.of(lists);
  const index = chance.below((((valueAt(doc, list) as unknown[] | null) ?? []).length ?? 0) + 1);
  const inside = path.every((part, place) => list[place] === part);
  const expected = all(doc);
  if (!inside) {
    const from = at(expected, path.slice(0, -1));
    const moved = from[path.at(-1)!];
    const mark = {};
    from[path.at(-1)!] = mark;
    listIn(expected, list).splice(index, 0, moved);
    from.splice(from.indexOf(mark), 1);
  }
  return { name: `move ${path.join('/')} to ${list.join('/')} ${index}`, edits: edits.moveStep(doc, path, { list, index }), expected, touched: [path] };
};

const KEYS = ['id', 'name', 'when', 'note', 'timeout', 'retry', 'on_error', 'extra', 'a b', '12x'];

const set: Maker = (chance, doc, steps) => {
  const { path } = chance.of(steps);
  const key = chance.of(KEYS);
  const value = chance.of(VALUES);
  const expected = all(doc);
  const step = at(expected, path);
  if (typeof step !== 'object' || step === null || Array.isArray(step)) return note(chance, doc, [], [], { all: [] } as never);
  step[key] = clone(value);
  return { name: `set ${path.join('/')} ${key} = ${JSON.stringify(value)}`, edits: edits.setValue(doc, [...path, key], value), expected, touched: [path] };
};

/** A value somewhere within a step. */
const deep: Maker = (chance, doc, steps) => {
  const { path } = chance.of(steps);
  const expected = all(doc);
  let place = [...path];
  let held = at(expected, path);
  while (typeof held === 'object' && held !== null && Object.keys(held).length > 0 && (place.length === path.length || chance.below(3) > 0)) {
    const key = chance.of(Object.keys(held));
    place.push(Array.isArray(held) ? Number(key) : key);
    held = held[key];
  }
  if (place.length === path.length || place.includes('<<') || aliased(doc, place)) return name(chance, doc, steps, [], {} as never);
  const value = chance.of(VALUES);
  at(expected, place.slice(0, -1))[place.at(-1)!] = clone(value);
  return { name: `deep ${place.join('/')} = ${JSON.stringify(value)}`, edits: edits.setValue(doc, place, value), expected, touched: [path] };
};

function aliased(doc: Doc, path: Path): boolean {
  return path.some((_, length) => !nodeAt(doc, path.slice(0, length + 1)));
}

const unset: Maker = (chance, doc, steps) => {
  const { path } = chance.of(steps);
  const expected = all(doc);
  const step = at(expected, path);
  const keys = Object.keys(Object(step));
  if (keys.length < 2 || Array.isArray(step)) return name(chance, doc, steps, [], {} as never);
  const key = chance.of(keys);
  delete step[key];
  return { name: `unset ${path.join('/')} ${key}`, edits: edits.removeValue(doc, [...path, key]), expected, touched: [path] };
};

const off: Maker = (chance, doc, steps) => {
  const { path } = chance.of(steps);
  return { name: `off ${path.join('/')}`, edits: edits.setDisabled(doc, path, chance.of(['disabled', 'enabled'] as const)), touched: [path] };
};

const note: Maker = (chance, doc, steps) => {
  const step = steps.length > 0 ? chance.of(steps) : undefined;
  if (!step) return { name: 'nothing', edits: [], expected: all(doc), touched: [] };
  const text = chance.of(['', 'a note', 'l1\nl2']);
  return { name: `note ${step.key} ${JSON.stringify(text)}`, edits: edits.setNote(doc, step.path, text), touched: [step.path] };
};

const name: Maker = (chance, doc) => {
  const text = chance.of(['A name', '訂單 #1: x', '']);
  const expected = all(doc);
  if (text === '') delete expected.name;
  else expected.name = text;
  return { name: `name ${text}`, edits: edits.setName(doc, [], text), expected, touched: [['name']] };
};

const double: Maker = (chance, doc, steps) => {
  const { path } = chance.of(steps);
  return { name: `double ${path.join('/')}`, edits: edits.duplicateStep(doc, path), touched: [], adds: true };
};

const copied: Maker = (chance, doc, steps, lists) => {
  const list = chance.of(lists);
  const { path } = chance.of(steps);
  const yaml = edits.copySteps(doc, [path, chance.of(steps).path]);
  return { name: `paste ${list.join('/')} ${JSON.stringify(yaml)}`, edits: edits.pasteSteps(doc, { list, index: 0 }, yaml), touched: [], adds: true };
};

const identify: Maker = (chance, doc, steps) => {
  const { path } = chance.of(steps);
  const { id, edits: made } = edits.ensureId(doc, path);
  return { name: `identify ${path.join('/')} ${id}`, edits: made, touched: [path] };
};

const rename: Maker = (chance, doc, steps) => {
  const named = steps.filter(({ id }) => id !== null);
  if (named.length === 0) return name(chance, doc, steps, [], {} as never);
  const step = chance.of(named);
  const edited = edits.renameId(doc, step.path, `other_${chance.below(5)}`);
  return { name: `rename ${step.key}`, edits: edited, touched: [[]] };
};

const branch: Maker = (chance, doc, steps) => {
  const open = steps.filter(({ module }) => module === 'route' || module === 'parallel');
  if (open.length === 0) return name(chance, doc, steps, [], {} as never);
  const { path } = chance.of(open);
  return { name: `branch ${path.join('/')}`, edits: edits.addBranch(doc, path, { name: 'new' }), touched: [path] };
};

const trigger: Maker = (chance, doc) => {
  const text = chance.of(TRIGGERS);
  return { name: `trigger ${JSON.stringify(text)}`, edits: edits.addTrigger(doc, text), touched: [['trigger']] };
};

