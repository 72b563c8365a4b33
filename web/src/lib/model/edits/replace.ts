// Putting another value where one stands. Comments behind the value and before it stay.
import { isMap, isScalar, isSeq } from 'yaml';
import type { Node, Pair } from 'yaml';
import { colonOf, dashOf, type Doc, endOf, isFlow, nodeAt, pairAt, type Path } from '../doc';
import { columnOf, commentsBelow, lineEnd, startOf } from '../places';
import { lineBreakOf, sorted, type TextEdit } from '../text';
import { indented, type Written } from '../writer';
import { type Content, isWithinFlow } from './content';

/** Where a value hangs: behind which offset it may begin, and at which column its key or dash stands. */
interface Hold {
  end: number;
  column: number;
  kind: 'entry' | 'item';
}

export function replace(doc: Doc, path: Path, content: Content): TextEdit[] {
  if (path.length === 0) return replaceAll(doc, content);
  const container = nodeAt(doc, path.slice(0, -1));
  const pair = pairAt(doc, path);
  if (isFlow(container) || isWithinFlow(doc, path)) return replaceInFlow(doc, path, pair, content);
  const node = nodeAt(doc, path);
  const hold = holdOf(doc, path);
  if (!hold) return [];
  return node ? replaceInLines(doc, hold, node, content) : put(doc, hold, hold.end, content.written);
}

function replaceAll(doc: Doc, { lines }: Content): TextEdit[] {
  const root = doc.document.contents;
  const end = doc.text.length;
  const from = root && root.range[0] < root.range[1] ? root.range[0] : end;
  const lineBreak = lineBreakOf(doc.text);
  const apart = from > 0 && doc.text[from - 1] !== '\n' ? lineBreak : '';
  return [{ from, to: end, insert: `${apart}${lines.join(lineBreak)}${lineBreak}` }];
}

function holdOf(doc: Doc, path: Path): Hold | undefined {
  const pair = pairAt(doc, path);
  const container = nodeAt(doc, path.slice(0, -1));
  if (pair && isMap(container)) {
    const colon = colonOf(pair);
    if (colon < 0) return undefined;
    const start = startOf(container, container.items.indexOf(pair));
    return { end: colon + 1, column: columnOf(doc.text, start), kind: 'entry' };
  }
  if (!isSeq(container)) return undefined;
  const dash = dashOf(container, Number(path.at(-1)));
  return dash < 0 ? undefined : { end: dash + 1, column: columnOf(doc.text, dash), kind: 'item' };
}

function replaceInFlow(doc: Doc, path: Path, pair: Pair | undefined, { flow }: Content): TextEdit[] {
  const node = nodeAt(doc, path);
  if (node?.range && node.range[0] < endOf(node)) return [{ from: node.range[0], to: endOf(node), insert: flow }];
  if (!pair) return node?.range ? [{ from: node.range[0], to: node.range[0], insert: ` ${flow}` }] : [];
  const colon = colonOf(pair);
  const from = colon < 0 ? endOf(pair.key) : colon + 1;
  return [{ from, to: from, insert: `${colon < 0 ? ':' : ''} ${flow}` }];
}

function replaceInLines(doc: Doc, hold: Hold, node: Node, content: Content): TextEdit[] {
  const { text } = doc;
  const [start] = node.range!;
  const end = endOf(node);
  const marked = text.slice(hold.end, start).replace(/#.*/g, '').trim() !== '';
  const written = hold.kind === 'item' && !marked ? asItem(content) : content.written;
  if (start >= end) return put(doc, hold, marked ? start : hold.end, written);
  const collection = (isMap(node) || isSeq(node)) && !isFlow(node);
  const apart = text.slice(hold.end, start).includes('\n');
  if (collection && !apart) return replaceItem(doc, hold, start, end, written);
  const behind = marked ? hold.end + text.slice(hold.end, start).replace(/#.*/g, '').trimEnd().length : hold.end;
  if (apart) return replaceApart(doc, hold, behind, commentsBelow(text, end, hold.column), written);
  const inline = written.inline === '' ? { from: behind, insert: '' } : { from: start, insert: written.inline };
  const header = isScalar(node) && node.srcToken?.type === 'block-scalar' ? headerOf(text, start) : undefined;
  if (header === undefined) {
    const at = lineEnd(text, end);
    return merged([{ ...inline, to: end }, { from: at, to: at, insert: below(doc, hold, written) }]);
  }
  return merged([
    { ...inline, to: start + header },
    { from: lineEnd(text, start), to: Math.max(end, lineEnd(text, start)), insert: below(doc, hold, written) },
  ]);
}

/** How long the header of a block text is. */
function headerOf(text: string, start: number): number {
  return /^[|>][0-9+-]*/.exec(text.slice(start, start + 4))![0].length;
}

/** What an item begins with stands behind its dash, also where it is a map. */
function asItem({ written, lines }: Content): Written {
  if (written.inline !== '' || lines[0]?.startsWith('#')) return written;
  return { inline: lines[0]!, lines: indented(lines.slice(1), 2) };
}

function below(doc: Doc, hold: Hold, { lines }: Written): string {
  const lineBreak = lineBreakOf(doc.text);
  return indented(lines, hold.column).map((line) => lineBreak + line).join('');
}

/** Where nothing stands yet, but perhaps a comment. */
function put(doc: Doc, hold: Hold, from: number, written: Written): TextEdit[] {
  const at = lineEnd(doc.text, from);
  const inline = { from, to: from, insert: written.inline === '' ? '' : ` ${written.inline}` };
  return merged([inline, { from: at, to: at, insert: below(doc, hold, written) }]);
}

/** A map or list that begins behind the dash itself. */
function replaceItem(doc: Doc, hold: Hold, start: number, end: number, written: Written): TextEdit[] {
  const from = written.inline === '' ? hold.end : start;
  return [{ from, to: commentsBelow(doc.text, end, hold.column), insert: written.inline + below(doc, hold, written) }];
}

/** A value that begins below its key. */
function replaceApart(doc: Doc, hold: Hold, behind: number, end: number, written: Written): TextEdit[] {
  const at = lineEnd(doc.text, hold.end);
  const inline = { from: behind, to: behind, insert: written.inline === '' ? '' : ` ${written.inline}` };
  return merged([inline, { from: at, to: end, insert: below(doc, hold, written) }]);
}

/** Edits that do something; two at the same place become one. */
function merged(edits: TextEdit[]): TextEdit[] {
  const result: TextEdit[] = [];
  for (const edit of sorted(edits)) {
    const last = result.at(-1);
    if (last && last.to === edit.from) result[result.length - 1] = { from: last.from, to: edit.to, insert: last.insert + edit.insert };
    else result.push(edit);
  }
  return result.filter(({ from, to, insert }) => to > from || insert !== '');
}
