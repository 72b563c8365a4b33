// Acts on whole steps: put in, take out, move, double, copy and paste. A step takes its comments along.
import { isMap, isSeq } from 'yaml';
import type { YAMLSeq } from 'yaml';
import { type Doc, nodeAt, parse, type Path, valueAt } from '../doc';
import { isFlow } from '../doc';
import { isLined, sourceOf } from '../places';
import type { TextEdit } from '../text';
import { block } from '../writer';
import { chain, contentOfStep, isOwn, itemLines } from './content';
import { putItem, remove } from './members';
import { withFreshIds } from './names';

/** Between which steps of which list. */
export interface Place {
  list: Path;
  index: number;
}

/** Puts in a step, written from column 0. Nothing happens where something else than a list stands. */
export function insertStep(doc: Doc, at: Place, step: string): TextEdit[] {
  return isOpen(doc, at.list) ? putItem(doc, at.list, at.index, contentOfStep(step)) : [];
}

/** Whether steps can be put in at a path: a list stands there, or nothing. */
function isOpen(doc: Doc, list: Path): boolean {
  const held = valueAt(doc, list) ?? [];
  return Array.isArray(held) && isOwn(doc, list);
}

export function removeSteps(doc: Doc, paths: Path[]): TextEdit[] {
  const own = outermost(paths).filter((path) => isOwn(doc, path.slice(0, -1)));
  // Later ones first, so that the paths of those before them stay right.
  const acts = own.toSorted((one, other) => order(other, one)).map((path) => (doc: Doc) => remove(doc, path));
  return chain(doc, ...acts);
}

/** Moves a step. `to` counts in the list as it is before. Nothing happens where a step would move into itself. */
export function moveStep(doc: Doc, from: Path, to: Place): TextEdit[] {
  const [list, index] = [from.slice(0, -1), from.at(-1) as number];
  if (startsWith(to.list, from) || !isOwn(doc, list) || !isOpen(doc, to.list)) return [];
  const within = same(list, to.list);
  if (within && (to.index === index || to.index === index + 1)) return [];
  const source = stepSource(doc, from);
  if (source === undefined) return [];
  const after = [...from];
  // The step that is put in moves those behind it, and what they hold.
  if (startsWith(from, to.list) && (from[to.list.length] as number) >= to.index) {
    after[to.list.length] = (from[to.list.length] as number) + 1;
  }
  return chain(
    doc,
    (doc) => insertStep(doc, to, source),
    (doc) => remove(doc, after),
  );
}

/** A second of the same behind it, with ids of its own. */
export function duplicateStep(doc: Doc, path: Path): TextEdit[] {
  const yaml = copySteps(doc, [path]);
  return yaml === '' ? [] : pasteSteps(doc, { list: path.slice(0, -1), index: (path.at(-1) as number) + 1 }, yaml);
}

/** Steps as a list in YAML, in the order of the text. */
export function copySteps(doc: Doc, paths: Path[]): string {
  const sources = outermost(paths).toSorted(order).map((path) => stepSource(doc, path));
  return sources.flatMap((source) => (source === undefined ? [] : itemLines(source.split('\n')))).map((line) => `${line}\n`).join('');
}

/** Puts in what was copied: a list of steps, one step, or a whole scenario. Ids that are taken become new ones. */
export function pasteSteps(doc: Doc, at: Place, yaml: string): TextEdit[] {
  const sources = withFreshIds(doc, pasted(yaml));
  return chain(doc, ...sources.map((source, index) => (doc: Doc) => insertStep(doc, { list: at.list, index: at.index + index }, source)));
}

/** The steps that a text holds, each from column 0. */
function pasted(yaml: string): string[] {
  const doc = parse(yaml.replace(/\r\n?/g, '\n'));
  if (doc.faults.some(({ message }) => message !== 'a scenario is a map of keys')) return [];
  const root = doc.document.contents;
  if (isMap(root) && isSeq(nodeAt(doc, ['steps']))) return sourcesOf(doc, ['steps']);
  if (isMap(root)) return [yaml];
  return isSeq(root) ? sourcesOf(doc, []) : [];
}

function sourcesOf(doc: Doc, list: Path): string[] {
  const { items } = nodeAt(doc, list) as YAMLSeq;
  return items.flatMap((_, index) => {
    const isStep = isMap(nodeAt(doc, [...list, index]));
    return isStep ? (stepSource(doc, [...list, index]) ?? []) : [];
  });
}

/** A step's own text from column 0, with its comments. */
export function stepSource(doc: Doc, path: Path): string | undefined {
  const list = nodeAt(doc, path.slice(0, -1));
  const index = path.at(-1) as number;
  if (!isSeq(list) || !nodeAt(doc, path)) return undefined;
  if (isLined(doc, list)) return sourceOf(doc, list as YAMLSeq, index).join('\n');
  const node = nodeAt(doc, path)!;
  const source = doc.text.slice(node.range![0], node.range![1]);
  return isFlow(node) && !source.includes('\n') ? source : block(valueAt(doc, path)).join('\n');
}

export function startsWith(path: Path, beginning: Path): boolean {
  return beginning.every((part, index) => path[index] === part);
}

function same(one: Path, other: Path): boolean {
  return one.length === other.length && startsWith(one, other);
}

/** Without those that stand within another. */
function outermost(paths: readonly Path[]): Path[] {
  const unique = paths.filter((path, index) => paths.findIndex((other) => same(path, other)) === index);
  return unique.filter((path) => !unique.some((other) => other !== path && startsWith(path, other)));
}

/** The order of the text, for paths of steps that do not hold one another. */
function order(one: Path, other: Path): number {
  for (let index = 0; index < Math.min(one.length, other.length); index += 1) {
    const [left, right] = [one[index]!, other[index]!];
    if (left === right) continue;
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    return String(left) < String(right) ? -1 : 1;
  }
  return one.length - other.length;
}
