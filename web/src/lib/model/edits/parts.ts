// Acts on parts of steps and of the scenario: names, notes, branches, triggers.
import { isMap, isSeq } from 'yaml';
import { type Doc, endOf, isFlow, nodeAt, pairIn, type Path, rangeAt, valueAt } from '../doc';
import { columnOf, commentsBelow, lineStart } from '../places';
import type { TextEdit } from '../text';
import { outdented } from '../writer';
import { chain, contentOf, contentOfSource, contentOfStep, isOwn, itemLines } from './content';
import { place, putEntry, putItem, remove } from './members';
import { keyOfPath, project } from '../graph';
import { renameKey, setSource, setValue } from './values';

/** Whether a step is passed over. */
export type Switch = 'disabled' | 'enabled';

export function setDisabled(doc: Doc, path: Path, state: Switch): TextEdit[] {
  return setValue(doc, [...path, 'disabled'], state === 'disabled' ? true : undefined);
}

export function setNote(doc: Doc, path: Path, note: string): TextEdit[] {
  return setValue(doc, [...path, 'note'], note.trim() === '' ? undefined : note);
}

/** The name of a step, or with an empty path that of the scenario. */
export function setName(doc: Doc, path: Path, name: string): TextEdit[] {
  return setValue(doc, [...path, 'name'], name.trim() === '' ? undefined : name);
}

/** Another branch of a `route` or `parallel` step, at the end; in a route before `otherwise`. */
export function addBranch(doc: Doc, path: Path, branch: { name?: string; when?: string } = {}): TextEdit[] {
  if (!isOwn(doc, path)) return [];
  if (pairIn(nodeAt(doc, path), 'parallel')) return addLane(doc, [...path, 'parallel'], branch.name);
  const route = [...path, 'route'];
  const list = isMap(nodeAt(doc, route)) ? [...route, 'branches'] : route;
  const branches = valueAt(doc, list);
  const index = Array.isArray(branches) ? branches.findIndex((entry) => Object.hasOwn(Object(entry), 'otherwise')) : -1;
  const value = { ...(branch.name ? { name: branch.name } : {}), ...(branch.when ? { when: branch.when } : {}), steps: [] };
  return putItem(doc, list, index < 0 ? Infinity : index, contentOf(value));
}

function addLane(doc: Doc, path: Path, name: string | undefined): TextEdit[] {
  const held = valueAt(doc, path);
  if (Array.isArray(held)) return putItem(doc, path, Infinity, contentOf({ ...(name ? { name } : {}), steps: [] }));
  const taken = Object.keys(Object(held));
  const wish = name ?? `branch_${taken.length + 1}`;
  let free = wish;
  for (let number = 2; taken.includes(free); number += 1) free = `${wish}_${number}`;
  return putEntry(doc, path, free, contentOf([]));
}

/** What is done when no branch was taken. */
export function addOtherwise(doc: Doc, path: Path): TextEdit[] {
  const route = [...path, 'route'];
  if (!isOwn(doc, route)) return [];
  const held = valueAt(doc, route);
  if (!Array.isArray(held)) return Object.hasOwn(Object(held), 'otherwise') ? [] : putEntry(doc, route, 'otherwise', contentOf([]));
  const known = held.some((entry) => Object.hasOwn(Object(entry), 'otherwise'));
  return known ? [] : putItem(doc, route, Infinity, contentOf({ otherwise: [] }));
}

/** Removes a branch, by the path of its steps. */
export function removeBranch(doc: Doc, steps: Path): TextEdit[] {
  const inList = typeof steps.at(-2) === 'number';
  const path = inList ? steps.slice(0, -1) : steps.at(-2) === 'on_error' ? steps.slice(0, -1) : steps;
  return isOwn(doc, path) ? remove(doc, path) : [];
}

/** Another trigger, written from column 0, as `webhook:` or `schedule: { every: 5m }`. */
export function addTrigger(doc: Doc, trigger: string): TextEdit[] {
  const node = nodeAt(doc, ['trigger']);
  const content = contentOfStep(trigger);
  if (isSeq(node)) return putItem(doc, ['trigger'], Infinity, content);
  if (!isMap(node) || node.items.length === 0) return setTrigger(doc, ['trigger'], trigger);
  if (isFlow(node)) {
    const held = doc.text.slice(...rangeAt(doc, ['trigger'])!).split(/\r?\n/);
    return place(doc, ['trigger'], contentOfSource([...itemLines(held), ...itemLines(content.lines)].join('\n')));
  }
  const from = lineStart(doc.text, node.range![0]);
  const column = columnOf(doc.text, node.range![0]);
  const own = outdented(doc.text.slice(from, commentsBelow(doc.text, endOf(node), column - 1)).split(/\r?\n/), column);
  return setSource(doc, ['trigger'], [...itemLines(own), ...itemLines(content.lines)].join('\n'));
}

/** Puts one trigger in the place of another, or of none. */
export function setTrigger(doc: Doc, path: Path, trigger: string): TextEdit[] {
  return setSource(doc, path, contentOfStep(trigger).lines.join('\n'));
}

/** Puts another module into a step, which stays what it is otherwise: its id, its name, where it stands. `id` is given to one
 * that has none. */
export function setModule(doc: Doc, path: Path, module: string, value: unknown, id: string): TextEdit[] {
  const before = project(doc).all.find((step) => keyOfPath(step.path) === keyOfPath(path));
  if (!before || before.readOnly || before.module === '') return [];
  const acts = [
    (now: Doc) => renameKey(now, [...path, before.module], module),
    (now: Doc) => setValue(now, [...path, module], value),
    ...(before.id === null ? [(now: Doc) => setValue(now, [...path, 'id'], id)] : []),
  ];
  return chain(doc, ...acts);
}
