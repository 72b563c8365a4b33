// Nodes of parsed YAML: their keys, and where their signs stand in the text.
import { isMap, isPair, isScalar, isSeq } from 'yaml';
import type { Node, Pair, YAMLMap, YAMLSeq } from 'yaml';

export function keyOf(pair: Pair): string {
  const { key } = pair;
  return isScalar(key) ? String(key.value ?? '') : String(key ?? '');
}

export function pairIn(map: unknown, key: string | number): Pair | undefined {
  return isMap(map) ? map.items.find((pair) => keyOf(pair) === String(key)) : undefined;
}

export function isFlow(node: unknown): boolean {
  return (isMap(node) || isSeq(node)) && node.srcToken?.type === 'flow-collection';
}

/** Where what a node says ends: behind its last text, before blank lines and comments that follow. */
export function endOf(node: unknown): number {
  if (!isPair(node)) {
    const { range, srcToken } = node as Node;
    if (!range) return -1;
    if (srcToken?.type === 'block-scalar') return endOfBlock(node as Node, srcToken.source);
    const block = srcToken?.type === 'block-map' || srcToken?.type === 'block-seq';
    const last = block ? (node as YAMLMap | YAMLSeq).items.at(-1) : undefined;
    if (!last) return range[1];
    const dash = srcToken?.type === 'block-seq' ? dashOf(node as YAMLSeq, (node as YAMLSeq).items.length - 1) + 1 : 0;
    return Math.max(dash, endOf(last));
  }
  const colon = colonOf(node);
  const value = node.value ? endOf(node.value) : -1;
  return Math.max(endOf(node.key), colon + 1, value);
}

/** The lines of a block text; the break of its last line is not part of it, nor are blank lines that mean nothing. */
function endOfBlock(node: Node, source: string): number {
  const props = (node.srcToken as { props?: { type: string; source: string; offset: number }[] }).props ?? [];
  const header = props.find(({ type }) => type === 'block-scalar-header')?.source ?? '';
  const blank = header.includes('+') ? /\r?\n$/ : /(\r?\n[ \t]*)+$/;
  const said = source.replace(blank, '').replace(/^[ \t]+$/, '');
  const first = node.range![1] - source.length;
  if (said !== '') return first + said.length;
  return props.find(({ type }) => type === 'newline')?.offset ?? first;
}

/** Where the dash of an item stands; -1 where the list has none. */
export function dashOf(list: YAMLSeq, index: number): number {
  const token = list.srcToken;
  if (token?.type !== 'block-seq') return -1;
  const dash = token.items[index]?.start.find(({ type }) => type === 'seq-item-ind');
  return dash?.offset ?? -1;
}

/** Where the colon of an entry stands; -1 where it has none. */
export function colonOf(pair: Pair): number {
  const token = (pair as { srcToken?: { sep?: { type: string; offset: number }[] } }).srcToken;
  return token?.sep?.find(({ type }) => type === 'map-value-ind')?.offset ?? -1;
}
