// Which lines belong to an item of a list or an entry of a map: its own, the comments directly above it, and those
// behind it. What is moved or removed takes them along.
import { isMap, isSeq } from 'yaml';
import type { Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { dashOf, type Doc, endOf } from './doc';

export function lineStart(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line ends: before its break. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at < 0) return text.length;
  return at > offset && text[at - 1] === '\r' ? at - 1 : at;
}

/** Where the next line begins. */
export function nextLine(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  return at < 0 ? text.length : at + 1;
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Whether nothing but space stands before an offset on its line. */
export function isFirst(text: string, offset: number): boolean {
  return /^[ ]*$/.test(text.slice(lineStart(text, offset), offset));
}

const spaceOf = (line: string) => line.length - line.trimStart().length;

/** Where the comments begin that stand directly above a line, in its own column. `floor` is where they may begin. */
export function commentsAbove(text: string, start: number, column: number, floor: number): number {
  let begin = start;
  while (begin > floor && begin > 0) {
    const above = lineStart(text, begin - 1);
    const line = text.slice(above, begin);
    if (above < floor || !line.trimStart().startsWith('#') || spaceOf(line) !== column) break;
    begin = above;
  }
  return begin;
}

/** Where lines end that belong to what ends here: comments below it that stand deeper than its column. */
export function commentsBelow(text: string, end: number, column: number): number {
  let last = lineEnd(text, end);
  for (let at = nextLine(text, end); at < text.length; at = nextLine(text, at)) {
    const line = text.slice(at, lineEnd(text, at));
    if (line.trim() === '') continue;
    if (!line.trimStart().startsWith('#') || spaceOf(line) <= column) break;
    last = at + line.length;
  }
  return last;
}

/** The lines of an item or entry: from the first of its comments to the end of its last line, without the break. */
export interface Extent {
  /** Where the comments above begin; the line itself, where there are none. */
  from: number;
  /** Where the dash or the key stands. */
  head: number;
  to: number;
  column: number;
}

export function startOf(container: YAMLMap | YAMLSeq, index: number): number {
  if (isSeq(container)) return dashOf(container, index);
  const pair = container.items[index] as Pair;
  const token = (pair as { srcToken?: { start?: { type: string; offset: number }[] } }).srcToken;
  const explicit = token?.start?.find(({ type }) => type === 'explicit-key-ind' || type === 'anchor' || type === 'tag');
  return explicit?.offset ?? (pair.key as Node).range![0];
}

/** The lines of an item of a list, or of an entry of a map, written in block style. */
export function extentOf(doc: Doc, container: YAMLMap | YAMLSeq, index: number): Extent {
  const { text } = doc;
  const head = startOf(container, index);
  const column = columnOf(text, head);
  const floor = index > 0 ? nextLine(text, endOf(container.items[index - 1])) : 0;
  const from = isFirst(text, head) ? commentsAbove(text, lineStart(text, head), column, floor) : head;
  const own = endOf(container.items[index]);
  const end = isSeq(container) ? Math.max(head + 1, own) : own;
  return { from, head, to: commentsBelow(text, end, column), column };
}

/** Whether items can be put in and taken out by whole lines. */
export function isLined(doc: Doc, container: unknown): container is YAMLMap | YAMLSeq {
  if (!isMap(container) && !isSeq(container)) return false;
  const type = container.srcToken?.type;
  if (type !== 'block-map' && type !== 'block-seq') return false;
  const heads = container.items.map((_, index) => startOf(container, index));
  const seated = (head: number, index: number) => isFirst(doc.text, head) || (index === 0 && isMap(container));
  return heads.length > 0 && heads.every((head, index) => head >= 0 && seated(head, index));
}

/** Whether a blank line stands directly before the lines that begin here. */
export function blankBefore(text: string, from: number): boolean {
  if (from === 0) return false;
  const above = lineStart(text, from - 1);
  return text.slice(above, from).trim() === '';
}

/** The item's own text from column 0, behind its dash, with its comments above. */
export function sourceOf(doc: Doc, list: YAMLSeq, index: number): string[] {
  const { text } = doc;
  const { from, head, to, column } = extentOf(doc, list, index);
  const comments = text.slice(from, lineStart(text, head)).split(/\r?\n/).slice(0, -1);
  const behind = text.slice(head + 1, to);
  const [first = '', ...rest] = behind.split(/\r?\n/);
  const space = spaceOf(first);
  const alone = first.trim() === '' || first.trimStart().startsWith('#');
  const deep = alone ? (rest.find((line) => line.trim() !== '' && !line.trimStart().startsWith('#')) ?? '') : '';
  const columns = alone ? spaceOf(deep) : column + 1 + space;
  const own = rest.map((line) => line.slice(Math.min(columns, spaceOf(line))));
  const start = first.trim() === '' ? [] : [first.trimStart()];
  return [...comments.map((line) => line.slice(Math.min(column, spaceOf(line)))), ...start, ...own];
}


