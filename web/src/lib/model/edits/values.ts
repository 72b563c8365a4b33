// Setting values: only what differs is touched, however large the value that was given.
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Node } from 'yaml';
import { type Doc, find, isFlow, nodeAt, pairAt, type Path, valueOf } from '../doc';
import { isBlockText, quoted, type Quote } from '../scalar';
import type { TextEdit } from '../text';
import { isCollection } from '../writer';
import { chain, type Content, contentOf, contentOfSource, isOwn, isWithinFlow } from './content';
import { place, putItem, remove } from './members';
import { replace } from './replace';

/** What the value at a path is from now on; with `undefined`, nothing. Maps and lists on the way are made. */
export function setValue(doc: Doc, path: Path, value: unknown): TextEdit[] {
  if (!isOwn(doc, path)) return [];
  if (value === undefined) return removeValue(doc, path);
  const node = nodeAt(doc, path);
  if (node && !isAlias(node)) {
    const before = valueOf(doc, node);
    if (same(before, value)) return [];
    if (isMap(node) && node.items.length > 0 && isRecord(value)) return setMap(doc, path, before as Record<string, unknown>, value);
    if (isSeq(node) && node.items.length > 0 && Array.isArray(value) && value.length > 0) return setList(doc, path, before as unknown[], value);
  }
  if (node) return replace(doc, path, like(doc, path, node, contentOf(value), value));
  return place(doc, path, contentOf(value));
}

export function removeValue(doc: Doc, path: Path): TextEdit[] {
  return isOwn(doc, path.slice(0, -1)) ? remove(doc, path) : [];
}

/** Puts text that someone wrote in the place of a value. */
export function setSource(doc: Doc, path: Path, yaml: string): TextEdit[] {
  if (!isOwn(doc, path)) return [];
  return yaml.trim() === '' ? removeValue(doc, path) : place(doc, path, contentOfSource(yaml));
}

export function renameKey(doc: Doc, path: Path, key: string): TextEdit[] {
  const pair = pairAt(doc, path);
  const range = (pair?.key as Node | undefined)?.range;
  if (!range || !isOwn(doc, path.slice(0, -1))) return [];
  if (find(doc, [...path.slice(0, -1), key])) return [];
  const insert = quoted(key, isWithinFlow(doc, path) ? 'flow' : 'block');
  return [{ from: range[0], to: range[1], insert }];
}

function setMap(doc: Doc, path: Path, before: Record<string, unknown>, after: Record<string, unknown>): TextEdit[] {
  const gone = Object.keys(before).filter((key) => after[key] === undefined || !Object.hasOwn(after, key));
  const kept = Object.keys(after).filter((key) => after[key] !== undefined);
  if (kept.length === 0) return replace(doc, path, contentOf({}));
  const set = kept.map((key) => (doc: Doc) => setValue(doc, [...path, key], after[key]));
  return chain(doc, ...set, ...gone.map((key) => (doc: Doc) => remove(doc, [...path, key])));
}

function setList(doc: Doc, path: Path, before: readonly unknown[], after: readonly unknown[]): TextEdit[] {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && same(before[start], after[start])) start += 1;
  let end = 0;
  while (end < most - start && same(before[before.length - 1 - end], after[after.length - 1 - end])) end += 1;
  const acts: ((doc: Doc) => TextEdit[])[] = [];
  for (let index = start; index < most - end; index += 1) acts.push((doc) => setValue(doc, [...path, index], after[index]));
  for (let index = most - end; index < after.length - end; index += 1) {
    acts.push((doc) => putItem(doc, path, index, contentOf(after[index])));
  }
  for (let index = before.length - end - 1; index >= most - end; index -= 1) acts.push((doc) => remove(doc, [...path, index]));
  return chain(doc, ...acts);
}

/** New content in the manner of what stands there: the same quotes, and short collections within braces stay so. */
function like(doc: Doc, path: Path, node: Node, content: Content, value: unknown): Content {
  const where = isWithinFlow(doc, path) ? 'flow' : 'block';
  if (typeof value === 'string' && isScalar(node) && (where === 'flow' || !isBlockText(value))) {
    const kept = node.type === 'QUOTE_DOUBLE' ? 'double' : node.type === 'QUOTE_SINGLE' ? 'single' : 'plain';
    if (kept !== 'plain' || typeof node.value === 'string') {
      const text = quoted(value, where, kept as Quote);
      return { written: { inline: text, lines: [] }, lines: [text], flow: text };
    }
  }
  const short = isCollection(value) && isFlow(node) && (node as { items: unknown[] }).items.length > 0 && content.flow.length <= 100;
  return short ? { ...content, written: { inline: content.flow, lines: [] } } : content;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return isCollection(value) && !Array.isArray(value);
}

export function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isCollection(one) || !isCollection(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]));
}
