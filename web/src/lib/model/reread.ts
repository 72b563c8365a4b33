// Reads some steps of a long scenario again, after a change within them, in place of the whole text. Only where the
// result is sure to be what reading the whole would give; anything unusual is left to that.
import { type Document, isMap, isPair, isSeq } from 'yaml';
import type { Node, YAMLMap, YAMLSeq } from 'yaml';
import { dashOf, keyOf } from './nodes';

/** Steps from one index up to another, and the offsets between which their lines stand. */
interface Stretch {
  first: number;
  last: number;
  from: number;
  to: number;
}

type BlockSeq = YAMLSeq<Node> & { srcToken: { type: 'block-seq'; items: unknown[] } };

/** Names of values that are used in more than one place: a reader has to know them all. */
const SHARED = /[&*][\p{L}\p{N}_]/u;

/** What brings the document of a text up to another text; none where the whole has to be read. */
export function reread(document: Document.Parsed, before: string, after: string, read: (text: string) => Document.Parsed): (() => void) | undefined {
  const root = document.contents;
  const pair = isMap(root) ? root.items.findIndex((pair) => keyOf(pair) === 'steps') : -1;
  const list = isMap(root) ? root.items[pair]?.value : undefined;
  if (!isSeq(list) || list.srcToken?.type !== 'block-seq' || list.items.length < 2) return undefined;
  const end = startOfNext(root as YAMLMap, pair) ?? before.length;
  const stretch = stretchOf(list as BlockSeq, before, after, end);
  if (!stretch || SHARED.test(before) || SHARED.test(after)) return undefined;
  const moved = after.length - before.length;
  const source = after.slice(stretch.from, stretch.to + moved);
  const column = dashOf(list, 0) - lineStart(before, dashOf(list, 0));
  if ((stretch.to < before.length && !source.endsWith('\n')) || !isSeated(source, column)) return undefined;
  const part = read(source);
  const steps = part.contents;
  if (part.errors.length > 0 || !isSeq(steps) || steps.srcToken?.type !== 'block-seq' || steps.anchor || steps.tag) return undefined;
  const dashes = steps.items.map((_, index) => dashOf(steps, index));
  if (dashes[0] !== column || dashes.some((dash) => dash - lineStart(source, dash) !== column)) return undefined;
  return () => splice(document, list as BlockSeq, steps as BlockSeq, stretch, moved);
}

/** Whether all lines belong to steps: they stand deeper than a dash, or are a dash or the comments above one. */
function isSeated(source: string, column: number): boolean {
  let commented = false;
  for (const line of source.split(/\r?\n/)) {
    const start = line.search(/\S/);
    if (start < 0) continue;
    if (start < column || (start > column && commented)) return false;
    if (start === column && line[start] !== '-' && line[start] !== '#') return false;
    commented = start === column && line[start] === '#';
  }
  return true;
}

function lineStart(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the entry behind another begins. */
function startOfNext(map: YAMLMap, index: number): number | undefined {
  return (map.items[index + 1]?.key as Node | undefined)?.range?.[0];
}

/** The steps that the texts differ in; the dash of the first stands in both. */
function stretchOf(list: BlockSeq, before: string, after: string, end: number): Stretch | undefined {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let same = 0;
  while (same < most - start && before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)) same += 1;
  const stop = before.length - same;
  const dashes = list.items.map((_, index) => dashOf(list, index));
  const first = dashes.findLastIndex((dash) => dash >= 0 && dash + 1 < start);
  if (first < 0 || dashes.some((dash) => dash < 0)) return undefined;
  const next = dashes.findIndex((dash, index) => index > first && lineStart(before, dash) >= stop);
  const last = next < 0 ? list.items.length - 1 : next - 1;
  const to = next < 0 ? end : lineStart(before, dashes[next]!);
  if (stop > to || lineStart(before, to) !== to && to !== before.length) return undefined;
  return { first, last, from: lineStart(before, dashes[first]!), to };
}

function splice(document: Document.Parsed, list: BlockSeq, steps: BlockSeq, { first, last, from, to }: Stretch, moved: number): void {
  const root = document.contents as unknown as YAMLMap;
  eachNode(steps, (node) => moveRange(node, from));
  eachToken(steps.srcToken, (sign) => (sign.offset += from));
  list.items.slice(last + 1).forEach((node) => shiftNodes(node, moved));
  list.srcToken.items.slice(last + 1).forEach((token) => shiftTokens(token as object, moved));
  list.items.splice(first, last - first + 1, ...steps.items);
  list.srcToken.items.splice(first, last - first + 1, ...steps.srcToken.items.slice(0, steps.items.length));
  const behind = root.items.findIndex((pair) => pair.value === list) + 1;
  root.items.slice(behind).forEach((pair) => eachNode(pair, (node) => moveRange(node, moved)));
  (root.srcToken as { items: unknown[] }).items.slice(behind).forEach((token) => eachToken(token, (sign) => (sign.offset += moved)));
  for (const node of [list, root] as { range?: [number, number, number] | null }[]) {
    const [start, value, end] = node.range!;
    node.range = [start, Math.max(value, to) === value ? value + moved : value, end + moved];
  }
  document.range = [document.range[0], document.range[1] + moved, document.range[2] + moved];
}

/** What says an offset within a step, all of it: found once, since a step that changes is read again. */
const nodesWithin = new WeakMap<object, Node[]>();
const tokensWithin = new WeakMap<object, { offset: number }[]>();

/** Moves the nodes of a whole step, which will be moved again. */
function shiftNodes(step: Node, by: number): void {
  if (by === 0) return;
  const found = nodesWithin.get(step) ?? collected<Node>((add) => eachNode(step, add));
  nodesWithin.set(step, found);
  for (const node of found) moveRange(node, by);
}

/** Moves the signs of a whole step. */
function shiftTokens(step: object, by: number): void {
  if (by === 0) return;
  const found = tokensWithin.get(step) ?? collected<{ offset: number }>((add) => eachToken(step, add));
  tokensWithin.set(step, found);
  for (const sign of found) sign.offset += by;
}

function collected<T>(visit: (add: (found: T) => void) => void): T[] {
  const all: T[] = [];
  visit((found) => all.push(found));
  return all;
}

/** Every node that says where it stands. */
function eachNode(node: unknown, visit: (node: Node) => void): void {
  if (isPair(node)) {
    eachNode(node.key, visit);
    eachNode(node.value, visit);
    return;
  }
  if ((node as Node | null)?.range) visit(node as Node);
  if (isMap(node) || isSeq(node)) for (const item of node.items) eachNode(item, visit);
}

function moveRange(node: Node, by: number): void {
  const [start, value, end] = node.range!;
  node.range = [start + by, value + by, end + by];
}

/** Every sign of the source, and within it, that says an offset. */
function eachToken(token: unknown, visit: (sign: { offset: number }) => void): void {
  if (typeof token !== 'object' || token === null) return;
  if (Array.isArray(token)) {
    for (const part of token) eachToken(part, visit);
    return;
  }
  const sign = token as { offset?: number } & Record<string, unknown>;
  if (typeof sign.offset === 'number') visit(sign as { offset: number });
  for (const part of ['start', 'key', 'sep', 'value', 'items', 'props', 'end']) if (sign[part] !== undefined) eachToken(sign[part], visit);
}
