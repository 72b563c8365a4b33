// Putting entries into maps and items into lists, and taking them out, by whole lines or within braces.
import { isMap, isSeq } from 'yaml';
import type { Node, YAMLMap, YAMLSeq } from 'yaml';
import { type Doc, endOf, isFlow, keyOf, nodeAt, parse, type Path, put, valueAt, valueOf } from '../doc';
import { rankInStep, rankOnTop } from '../keys';
import { blankBefore, extentOf, isFirst, isLined, lineEnd, lineStart, nextLine, startOf } from '../places';
import { quoted } from '../scalar';
import { lineBreakOf, type TextEdit } from '../text';
import { atColumn, type Content, contentOf, inList, inMap, isWithinFlow, itemLines } from './content';
import { replace } from './replace';

/** Whether the map at a path is a step. */
export function isStepPath(path: Path): boolean {
  const list = path.at(-2);
  if (typeof path.at(-1) !== 'number') return false;
  return list === 'steps' || list === 'otherwise' || list === 'on_failure' || path.at(-3) === 'parallel';
}

function rankIn(path: Path): (key: string) => number {
  if (path.length === 0) return rankOnTop;
  if (isStepPath(path)) return rankInStep;
  return (key) => (key === 'steps' || key === 'branches' ? 1 : key === 'otherwise' || key === 'collect' ? 2 : 0);
}

/** Puts a new entry into the map at a path, which is made where it is missing. */
export function putEntry(doc: Doc, path: Path, key: string, content: Content): TextEdit[] {
  const map = nodeAt(doc, path);
  const name = quoted(key, isWithinFlow(doc, [...path, key]) ? 'flow' : 'block');
  if (!isMap(map) || (map.items.length === 0 && !isWithinFlow(doc, path))) return place(doc, path, inMap(name, content));
  const rank = rankIn(path);
  const later = map.items.findIndex((pair) => rank(keyOf(pair)) > rank(key));
  const index = later < 0 ? map.items.length : later;
  if (isFlow(map)) return putInFlow(map, index, `${name}: ${content.flow}`);
  if (!isLined(doc, map)) return rewrite(doc, path, (value) => put(value as Record<string, unknown>, key, valueOfContent(content)));
  const [first, ...rest] = inMap(name, content).lines;
  return putLines(doc, map, index, [first!, ...rest], 'close');
}

/** Puts an item into the list at a path, which is made where it is missing. */
export function putItem(doc: Doc, path: Path, index: number, content: Content): TextEdit[] {
  const list = nodeAt(doc, path);
  if (!isSeq(list) || (list.items.length === 0 && !isWithinFlow(doc, path))) return place(doc, path, inList(content));
  const at = Math.max(0, Math.min(index, list.items.length));
  if (isFlow(list)) return putInFlow(list, at, content.flow);
  if (!isLined(doc, list)) return rewrite(doc, path, (value) => void (value as unknown[]).splice(at, 0, valueOfContent(content)));
  return putLines(doc, list, at, itemLines(content.lines), isSpaced(doc, list, path) ? 'apart' : 'close');
}

/** What stands at a path from now on, whether something stood there or not. */
export function place(doc: Doc, path: Path, content: Content): TextEdit[] {
  const parent = path.slice(0, -1);
  const last = path.at(-1);
  if (last === undefined || nodeAt(doc, path)) return replace(doc, path, content);
  const container = nodeAt(doc, parent);
  if (isMap(container) && container.items.some((pair) => keyOf(pair) === String(last))) return replace(doc, path, content);
  return typeof last === 'number' ? putItem(doc, parent, last, content) : putEntry(doc, parent, last, content);
}

/** Removes the entry or item at a path. */
export function remove(doc: Doc, path: Path): TextEdit[] {
  const parent = path.slice(0, -1);
  const container = nodeAt(doc, parent);
  if (!isMap(container) && !isSeq(container)) return [];
  const last = path.at(-1)!;
  const index = isMap(container) ? container.items.findIndex((pair) => keyOf(pair) === String(last)) : Number(last);
  if (!(index >= 0 && index < container.items.length)) return [];
  if (container.items.length === 1) return empty(doc, parent, container);
  if (isFlow(container)) return removeInFlow(container, index);
  if (!isLined(doc, container)) return rewrite(doc, parent, (value) => void drop(value, last));
  return removeLines(doc, container, index);
}

function drop(value: unknown, key: string | number): void {
  if (Array.isArray(value)) value.splice(Number(key), 1);
  else delete (value as Record<string, unknown>)[key];
}

/** Without its last member, a map or list is written as an empty one. Comments that stand apart stay. */
function empty(doc: Doc, path: Path, container: YAMLMap | YAMLSeq): TextEdit[] {
  const edits = path.length > 0 || isFlow(container) ? replace(doc, path, contentOf(isMap(container) ? {} : [])) : [];
  if (isFlow(container)) return edits;
  const { from, to } = extentOf(doc, container, 0);
  if (edits.length > 0) {
    const apart = doc.text.slice(lineEnd(doc.text, edits[0]!.from), from).trimEnd();
    const last = edits.pop()!;
    return [...edits, { ...last, insert: last.insert + apart }];
  }
  return [{ from, to: nextLine(doc.text, to), insert: '' }];
}

function startInFlow(container: YAMLMap | YAMLSeq, index: number): number {
  if (isMap(container)) return startOf(container, index);
  return (container.items[index] as Node).range?.[0] ?? container.range![0] + 1;
}

function putInFlow(container: YAMLMap | YAMLSeq, index: number, insert: string): TextEdit[] {
  const count = container.items.length;
  const [from, to] = container.range!;
  if (count === 0) return [{ from, to, insert: isMap(container) ? `{ ${insert} }` : `[${insert}]` }];
  const at = index < count ? startInFlow(container, index) : endOf(container.items[count - 1]);
  return [{ from: at, to: at, insert: index < count ? `${insert}, ` : `, ${insert}` }];
}

function removeInFlow(container: YAMLMap | YAMLSeq, index: number): TextEdit[] {
  const last = index === container.items.length - 1;
  if (last) return [{ from: endOf(container.items[index - 1]), to: endOf(container.items[index]), insert: '' }];
  return [{ from: startInFlow(container, index), to: startInFlow(container, index + 1), insert: '' }];
}

/** Whether steps are set apart by blank lines here. */
function isSpaced(doc: Doc, list: YAMLSeq, path: Path): boolean {
  if (list.items.length === 1) return path.length === 1 && path[0] !== 'trigger';
  return list.items.some((_, index) => index > 0 && blankBefore(doc.text, extentOf(doc, list, index).from));
}

/** Lines from column 0 become the entry or item at an index. */
function putLines(doc: Doc, container: YAMLMap | YAMLSeq, index: number, lines: string[], gap: 'apart' | 'close'): TextEdit[] {
  const { text } = doc;
  const lineBreak = lineBreakOf(text);
  const { column } = extentOf(doc, container, 0);
  const between = gap === 'apart' ? lineBreak + lineBreak : lineBreak;
  const insert = atColumn(doc, lines, column);
  const space = ' '.repeat(column);
  if (isMap(container) && index === 0) {
    const { head } = extentOf(doc, container, 0);
    return [{ from: head, to: head, insert: `${insert}${lineBreak}${space}` }];
  }
  if (isSeq(container) && index < container.items.length) {
    const { from } = extentOf(doc, container, index);
    return [{ from, to: from, insert: `${space}${insert}${between}` }];
  }
  const { to } = extentOf(doc, container, index - 1);
  return [{ from: to, to, insert: `${between}${space}${insert}` }];
}

function removeLines(doc: Doc, container: YAMLMap | YAMLSeq, index: number): TextEdit[] {
  const { text } = doc;
  const { from, head, to } = extentOf(doc, container, index);
  if (!isFirst(text, head)) return removeBehindDash(doc, container as YAMLMap, head, to);
  if (index === container.items.length - 1) {
    const kept = text.slice(0, from).trimEnd().length;
    const end = lineEnd(text, Math.max(kept, endOf(container.items[index - 1])));
    return [{ from: Math.min(end, from), to, insert: '' }];
  }
  let next = nextLine(text, to);
  while (next < text.length && text.slice(next, lineEnd(text, next)).trim() === '') next = nextLine(text, next);
  return [{ from, to: next, insert: '' }];
}

/** The first entry of a map that begins behind a dash: the second takes its place, and its comments go above. */
function removeBehindDash(doc: Doc, map: YAMLMap, head: number, to: number): TextEdit[] {
  const { text } = doc;
  const next = startOf(map, 1);
  const comments = text.slice(nextLine(text, to), lineStart(text, next)).split(/\r?\n/).filter((line) => line.trim() !== '');
  const removal = { from: head, to: next, insert: '' };
  if (comments.length === 0) return [removal];
  const line = lineStart(text, head);
  const column = text.slice(line).search(/\S/);
  const lineBreak = lineBreakOf(text);
  const insert = comments.map((comment) => ' '.repeat(column) + comment.trimStart() + lineBreak).join('');
  return [{ from: line, to: line, insert }, removal];
}

function valueOfContent({ flow }: Content): unknown {
  const doc = parse(`[${flow}]`);
  return (valueOf(doc, doc.document.contents) as unknown[])[0];
}

/** What lines cannot be put into is written anew as a whole. */
function rewrite(doc: Doc, path: Path, change: (value: unknown) => void): TextEdit[] {
  const value = valueAt(doc, path);
  change(value);
  return replace(doc, path, contentOf(value));
}
