// The rows of the data panel: names and what their values have, as a flat list with levels; or what a search finds. Pure.
import type { Name } from '../form/names';
import { written } from '../form/names';
import { shortly } from './shortly';

export interface Row {
  /** The same for the same value. */
  id: string;
  level: number;
  text: string;
  /** Its value in a few letters; empty for what is opened. */
  value: string;
  /** How many values it has within; none for a plain value. */
  size: number | undefined;
  isOpen: boolean;
  owner: Name;
  path: (string | number)[];
}

/** How many entries of one map or list, and how many found values, are shown. */
const most = 200;
const deepest = 8;

function size(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const count = Object.keys(value).length;
  return count === 0 ? undefined : count;
}

function entries(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return value.slice(0, most).map((item: unknown, index) => [index, item]);
  return Object.entries(value as object).slice(0, most);
}

export function idOf(owner: Name, path: readonly (string | number)[]): string {
  return (owner.name ?? owner.step?.key ?? '') + written(path);
}

export function rowsOf(names: readonly Name[], isOpen: (id: string, level: number) => boolean): Row[] {
  const rows: Row[] = [];
  const add = (owner: Name, text: string, value: unknown, path: (string | number)[]): void => {
    const id = idOf(owner, path);
    const count = size(value);
    const level = path.length + 1;
    const open = count !== undefined && level < deepest && isOpen(id, level);
    rows.push({ id, level, text, value: count === undefined ? shown(value) : '', size: count, isOpen: open, owner, path });
    if (open) for (const [key, inner] of entries(value)) add(owner, textOf(key), inner, [...path, key]);
  };
  for (const name of names) add(name, name.label, name.value, []);
  return rows;
}

/** Values whose name, way or text has all the words. */
export function search(names: readonly Name[], wanted: string): Row[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const rows: Row[] = [];
  const visit = (owner: Name, value: unknown, path: (string | number)[], texts: string[]): void => {
    if (rows.length >= most || path.length > deepest) return;
    const count = size(value);
    const plain = count === undefined ? shown(value) : '';
    const all = `${texts.join(' ')} ${plain}`.toLowerCase();
    if (words.every((word) => all.includes(word))) {
      rows.push({ id: idOf(owner, path), level: 1, text: texts.join(' › '), value: plain, size: undefined, isOpen: false, owner, path });
    }
    if (count !== undefined) for (const [key, inner] of entries(value)) visit(owner, inner, [...path, key], [...texts, textOf(key)]);
  };
  for (const name of names) visit(name, name.value, [], [name.label]);
  return rows;
}

function textOf(key: string | number): string {
  return typeof key === 'number' ? `${key + 1}.` : key;
}

function shown(value: unknown): string {
  return value === undefined ? '' : shortly(value, 80);
}
