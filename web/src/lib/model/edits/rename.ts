// Another id for a step: everything that refers to it follows, in expressions, conditions and scripts, and in the
// scenario's own tests.
import { isMap, isPair, isScalar, isSeq } from 'yaml';
import type { Node, Pair, Scalar } from 'yaml';
import { type Doc, keyOf, type Path, valueAt } from '../doc';
import { references, renamed } from '../expression';
import { RESERVED } from '../keys';
import { spans } from '../pills';
import { quoted } from '../scalar';
import { sorted, type TextEdit } from '../text';
import { isOwn, isWithinFlow } from './content';
import { isStepPath } from './members';
import { takenNames } from './names';
import { setValue } from './values';

/** Whether a name may be a step's id here. */
export function isFreeId(doc: Doc, id: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(id) && !RESERVED.has(id) && !takenNames(doc).has(id);
}

/** Gives a step an id, or another one. Nothing happens where the name is not free. */
export function renameId(doc: Doc, path: Path, id: string): TextEdit[] {
  const old = valueAt(doc, [...path, 'id']);
  if (old === id || !isOwn(doc, path) || !isFreeId(doc, id)) return [];
  const own = setValue(doc, [...path, 'id'], id);
  if (typeof old !== 'string' || old === '') return own;
  return sorted([...own, ...new Follower(doc, old, id).edits]);
}

class Follower {
  readonly edits: TextEdit[] = [];

  constructor(
    readonly doc: Doc,
    readonly from: string,
    readonly to: string,
  ) {
    this.visit(doc.document.contents, []);
  }

  visit(node: unknown, path: Path): void {
    if (isSeq(node)) node.items.forEach((item, index) => this.visit(item, [...path, index]));
    else if (isMap(node)) node.items.forEach((pair) => this.entry(pair, [...path, keyOf(pair)]));
    else if (isScalar(node) && typeof node.value === 'string') this.text(node as Scalar<string>, path);
  }

  entry(pair: Pair, path: Path): void {
    if (isPair(pair) && isNamingKey(path) && path.at(-1) === this.from) this.word(pair.key as Node, path);
    this.visit(pair.value, path);
  }

  text(node: Scalar<string>, path: Path): void {
    if (path[0] === 'tests') {
      if (isNamingValue(path) && node.value === this.from) this.word(node as Node, path);
      return;
    }
    const whole = isBare(path);
    if (!whole && !node.value.includes('{{')) return;
    const [start] = node.range!;
    const source = this.doc.text.slice(start, node.range![1]);
    const escaped = node.type === 'QUOTE_DOUBLE' ? source.includes('\\') : node.type === 'QUOTE_SINGLE' && source.slice(1, -1).includes("''");
    if (escaped) this.escaped(node, path, whole);
    else for (const { from, to } of this.places(source, whole, node.type)) this.edits.push({ from: start + from, to: start + to, insert: this.to });
  }

  /** Where the name stands in what was written. */
  places(source: string, whole: boolean, type: string | undefined): { from: number; to: number }[] {
    const found = spans(source);
    if (found.length === 0 && !whole) return [];
    const quotes = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE' ? 1 : /^[|>]/.test(source) && type?.startsWith('BLOCK') ? source.indexOf('\n') + 1 : 0;
    const end = quotes === 1 && !type?.startsWith('BLOCK') ? source.length - 1 : source.length;
    const parts = found.length > 0 ? found.map(({ from, to }) => [from + 2, to - 2] as const) : [[quotes, end] as const];
    return parts.flatMap(([from, to]) =>
      references(source.slice(from, to))
        .filter(({ name }) => name === this.from)
        .map((reference) => ({ from: from + reference.from, to: from + reference.to })),
    );
  }

  /** A text whose signs are not what they say is written anew. */
  escaped(node: Scalar<string>, path: Path, whole: boolean): void {
    const found = spans(node.value);
    let value = '';
    let at = 0;
    for (const { from, to } of found) {
      value += `${node.value.slice(at, from + 2)}${renamed(node.value.slice(from + 2, to - 2), this.from, this.to)}}}`;
      at = to;
    }
    value = found.length === 0 && whole ? renamed(node.value, this.from, this.to) : value + node.value.slice(at);
    if (value === node.value) return;
    const where = isWithinFlow(this.doc, path) ? 'flow' : 'block';
    const insert = quoted(value, where, node.type === 'QUOTE_DOUBLE' ? 'double' : 'single');
    this.edits.push({ from: node.range![0], to: node.range![1], insert });
  }

  word(node: Node, path: Path): void {
    const insert = quoted(this.to, isWithinFlow(this.doc, path) ? 'flow' : 'block');
    if (node.range) this.edits.push({ from: node.range[0], to: node.range[1], insert });
  }
}

const BARE = new Set(['when', 'filter', 'rhai']);
const OF_LOOPS: Record<string, Set<string>> = {
  for_each: new Set(['in']),
  repeat: new Set(['times', 'while', 'until']),
  collect: new Set(['sum', 'by']),
  retry: new Set(['when']),
  hold: new Set(['when']),
};

/** Whether a text is an expression without braces. */
export function isBare(path: Path): boolean {
  const [last, holder] = [String(path.at(-1)), String(path.at(-2))];
  if (isStepPath(path.slice(0, -1)) && BARE.has(last)) return true;
  if (OF_LOOPS[holder]?.has(last)) return isStepPath(path.slice(0, -2)) || isStepPath(path.slice(0, -3));
  const list = path.at(-3) === 'branches' ? path.at(-4) : path.at(-3);
  return last === 'when' && typeof path.at(-2) === 'number' && list === 'route';
}

const NAMING_MAPS = new Set(['mock', 'outputs', 'calls', 'sent']);
const NAMING_LISTS = new Set(['ran', 'skipped']);

/** Whether the keys of this map name steps: `mock`, or what a test expects of steps. */
function isNamingKey(path: Path): boolean {
  if (path[0] !== 'tests') return false;
  return (path.length === 4 && path[2] === 'mock') || (path.length === 5 && path[2] === 'expect' && NAMING_MAPS.has(String(path[3])));
}

function isNamingValue(path: Path): boolean {
  if (path[2] !== 'expect') return false;
  const [section, last] = [String(path[3]), path.at(-1)];
  return (NAMING_LISTS.has(section) && path.length === 5) || (section === 'error' && last === 'step' && path.length === 5);
}
