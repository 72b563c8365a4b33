// A scenario's text, parsed: values, and where each of them stands. Text that is not whole still gives what can be read,
// and says where it is broken.
import { type Document, isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Node, Pair } from 'yaml';
import { dashOf, endOf, isFlow, keyOf, pairIn } from './nodes';
import type { Doc } from './parse';

export { colonOf, dashOf, endOf, isFlow, keyOf, pairIn } from './nodes';
export { type Doc, type Fault, parse } from './parse';

export type Path = (string | number)[];

/** How many values an alias may stand for in all, so that few lines cannot unfold to millions of values. */
const MOST_UNFOLDED = 100_000;

/** What an alias stands for; any other node is itself. */
export function resolved(doc: Doc, node: unknown): unknown {
  if (!isAlias(node)) return node;
  try {
    return node.resolve(doc.document as Document) ?? null;
  } catch {
    return null;
  }
}

/** The node at a path, and whether an alias was passed on the way: such a node stands elsewhere in the text. */
export function find(doc: Doc, path: Path): { node: Node; aliased: boolean } | undefined {
  let node: unknown = doc.document.contents;
  let aliased = false;
  for (const step of path) {
    if (isAlias(node)) aliased = true;
    const within = resolved(doc, node);
    if (isMap(within)) node = pairIn(within, step)?.value;
    else if (isSeq(within) && typeof step === 'number') node = within.items[step];
    else return undefined;
    if (node === undefined || node === null) return undefined;
  }
  return node ? { node: node as Node, aliased } : undefined;
}

/** The node that stands in the text at the path itself: none through an alias. */
export function nodeAt(doc: Doc, path: Path): Node | undefined {
  const found = find(doc, path);
  return found && !found.aliased ? found.node : undefined;
}

/** The entry of a map at a path; none for an item of a list. */
export function pairAt(doc: Doc, path: Path): Pair | undefined {
  const parent = path.length > 0 ? nodeAt(doc, path.slice(0, -1)) : undefined;
  return parent && pairIn(parent, path[path.length - 1]!);
}

/** The value at a path; `undefined` where there is none. Whole numbers beyond 2^53 are bigints. */
export function valueAt(doc: Doc, path: Path): unknown {
  const found = find(doc, path);
  return found && valueOf(doc, found.node);
}

export function valueOf(doc: Doc, node: unknown): unknown {
  let left = MOST_UNFOLDED;
  const unfold = (node: unknown, within: readonly unknown[]): unknown => {
    if (isAlias(node)) {
      const target = resolved(doc, node);
      if (within.includes(target) || (left -= 1) < 0) return null;
      return unfold(target, [...within, target]);
    }
    if (within.length > 0 && (left -= 1) < 0) return null;
    if (isSeq(node)) return node.items.map((item) => unfold(item, within));
    if (!isMap(node)) return isScalar(node) ? plain(node.value) : null;
    const value: Record<string, unknown> = {};
    for (const pair of node.items) put(value, keyOf(pair), unfold(pair.value, within));
    return value;
  };
  return unfold(node, []);
}

/** Sets a key of data: `__proto__`, too, is a key like any other. */
export function put(value: Record<string, unknown>, key: string, entry: unknown): void {
  if (key === '__proto__') Object.defineProperty(value, key, { value: entry, enumerable: true, configurable: true, writable: true });
  else value[key] = entry;
}

function plain(value: unknown): unknown {
  if (typeof value !== 'bigint') return value ?? null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The text of the value at a path, as written. */
export function sourceAt(doc: Doc, path: Path): string | undefined {
  const range = rangeAt(doc, path);
  return range && doc.text.slice(...range);
}

/** Where the value at a path begins and ends. */
export function rangeAt(doc: Doc, path: Path): [number, number] | undefined {
  const node = nodeAt(doc, path);
  return node?.range ? [node.range[0], endOf(node)] : undefined;
}

/** The line on which a value begins, from 1: its key, for an entry of a map. 0 where nothing is there. */
export function lineOf(doc: Doc, path: Path): number {
  const key = pairAt(doc, path)?.key as Node | undefined;
  const start = key?.range?.[0] ?? nodeAt(doc, path)?.range?.[0];
  return start === undefined ? 0 : doc.lines.linePos(start).line;
}

/** The deepest path whose value or key stands around an offset. */
export function pathAt(doc: Doc, offset: number): Path {
  const path: Path = [];
  let node: unknown = doc.document.contents;
  for (;;) {
    if (isMap(node)) {
      const pair = last(node.items, (pair) => ((pair.key as Node | null)?.range?.[0] ?? Infinity) <= offset);
      if (!pair || !reaches(doc, node, endOf(pair), offset)) return path;
      path.push(keyOf(pair));
      node = pair.value;
    } else if (isSeq(node)) {
      const list = node;
      const start = (index: number) => (isFlow(list) ? ((list.items[index] as Node).range?.[0] ?? Infinity) : dashOf(list, index));
      const index = last([...list.items.keys()], (index) => start(index) <= offset);
      if (index === undefined || !reaches(doc, list, endOf(list.items[index]), offset)) return path;
      path.push(index);
      node = list.items[index];
    } else return path;
  }
}

function last<T>(items: readonly T[], holds: (item: T) => boolean): T | undefined {
  return items.findLast(holds);
}

/** Whether what ends here still holds an offset: on its last line, or on lines below that are indented further. */
function reaches(doc: Doc, container: Node, end: number, offset: number): boolean {
  if (isFlow(container)) return offset <= end;
  const nextLine = doc.text.indexOf('\n', end);
  if (nextLine < 0 || offset <= nextLine) return true;
  const begin = doc.text.lastIndexOf('\n', offset - 1) + 1;
  return offset - begin > doc.lines.linePos(container.range![0]).col - 1 && doc.text.slice(begin, offset).trim() === '';
}


