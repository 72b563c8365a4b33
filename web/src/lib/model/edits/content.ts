// What is put into a text: the same thing as lines and within braces, since only the place says which is needed.
import { isMap, isSeq } from 'yaml';
import type { YAMLSeq } from 'yaml';
import { type Doc, type Path, find, isFlow, nodeAt, parse, resolved, valueOf } from '../doc';
import { sourceOf } from '../places';
import { applyEdits, compose, lineBreakOf, type TextEdit } from '../text';
import { behind, block, flow, indented, type Written } from '../writer';

export interface Content {
  /** Behind a colon. */
  written: Written;
  /** From column 0, as an item is written behind its dash. Comments may come first. */
  lines: string[];
  /** Within braces. */
  flow: string;
}

export function contentOf(value: unknown): Content {
  return { written: behind(value), lines: block(value), flow: flow(value) };
}

/** What someone wrote, from column 0. */
export function contentOfSource(source: string): Content {
  const text = source.replace(/\r\n?/g, '\n').replace(/\s+$/, '');
  const lines = text.split('\n');
  const doc = parse(text);
  const root = doc.document.contents;
  const apart = (isCollectionNode(root) && !isFlow(root)) || /^\s*(#|$)/.test(lines[0]!);
  const written = apart ? { inline: '', lines: indented(lines, 2) } : { inline: lines[0]!, lines: indented(lines.slice(1), 2) };
  return { written, lines, flow: flow(valueOf(doc, root)) };
}

/** One step, as someone wrote it: with its dash or without. */
export function contentOfStep(source: string): Content {
  const doc = parse(source.replace(/\r\n?/g, '\n'));
  const root = doc.document.contents;
  if (!isSeq(root) || isFlow(root) || root.items.length === 0) return contentOfSource(source);
  return contentOfSource(sourceOf(doc, root as YAMLSeq, 0).join('\n'));
}

/** A value that has a list or map of one thing around it. */
export function inList({ lines, flow }: Content): Content {
  const items = itemLines(lines);
  return { written: { inline: '', lines: indented(items, 2) }, lines: items, flow: `[${flow}]` };
}

export function inMap(key: string, { written, flow }: Content): Content {
  const lines = [written.inline === '' ? `${key}:` : `${key}: ${written.inline}`, ...written.lines];
  return { written: { inline: '', lines: indented(lines, 2) }, lines, flow: `{ ${key}: ${flow} }` };
}

/** An item with its dash; its comments stay above it. */
export function itemLines(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'));
  if (first < 0) return [...lines, '-'];
  return [...lines.slice(0, first), `- ${lines[first]}`, ...indented(lines.slice(first + 1), 2)];
}

function isCollectionNode(node: unknown): boolean {
  return isMap(node) || isSeq(node);
}

/** Lines to stand at a column, where the first already does. */
export function atColumn(doc: Doc, lines: readonly string[], column: number): string {
  const [first = '', ...rest] = lines;
  return [first, ...indented(rest, column)].join(lineBreakOf(doc.text));
}

/** Acts one after another, each on the text that the one before it left, as one list of edits. */
export function chain(doc: Doc, ...acts: ((doc: Doc) => TextEdit[])[]): TextEdit[] {
  let edits: TextEdit[] = [];
  let now = doc;
  acts.forEach((act, index) => {
    const next = act(now);
    edits = compose(doc.text.length, edits, next);
    // What the caller holds stays as it is; texts on the way need not.
    if (next.length > 0 && index < acts.length - 1) now = parse(applyEdits(now.text, next), now === doc ? undefined : now);
  });
  return edits;
}

/** Whether the place at a path is within braces or brackets. */
export function isWithinFlow(doc: Doc, path: Path): boolean {
  return path.some((_, index) => isFlow(nodeAt(doc, path.slice(0, index))));
}

/** Whether what stands at a path can be changed: it is not written elsewhere, behind an alias. */
export function isOwn(doc: Doc, path: Path): boolean {
  for (let length = path.length; length >= 0; length -= 1) {
    const found = find(doc, path.slice(0, length));
    if (found) return !found.aliased && (length === path.length || found.node === resolved(doc, found.node));
  }
  return true;
}
