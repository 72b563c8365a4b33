// Which lines of a text an act may change, worked out from where steps begin alone.
import type { Doc, Path } from '../doc';
import { lineOf } from '../doc';
import type { Act } from './acts';

/** Lines, by number from 0, that belong to what stands at a path: with the comments above, up to what comes next. */
function linesOf(doc: Doc, path: Path, lines: readonly string[]): [number, number] {
  if (path.length === 0) return [0, lines.length];
  let start = lineOf(doc, path) - 1;
  if (start < 0) return [0, -1];
  // A step in lines begins at its dash, which may stand on a line of its own.
  while (typeof path.at(-1) === 'number' && start > 0 && !/^\s*- /.test(lines[start]!) && !/[[{]/.test(lines[start]!) && !/^\s*-\s*(#|&|$)/.test(lines[start]!)) start -= 1;
  const column = lines[start]!.search(/\S/);
  let end = start + 1;
  const deeper = (line: string) => line.trim() === '' || line.search(/\S/) > column;
  while (end < lines.length && deeper(lines[end]!)) end += 1;
  // Texts in quotes may go on anywhere.
  const next = nextStart(doc, path, start);
  if (next >= 0) end = Math.max(end, next);
  while (start > 0 && lines[start - 1]!.trim().startsWith('#')) start -= 1;
  return [start, end];
}

function nextStart(doc: Doc, path: Path, start: number): number {
  const last = path.at(-1);
  if (typeof last !== 'number') return -1;
  const next = lineOf(doc, [...path.slice(0, -1), last + 1]) - 1;
  return next > start ? next : -1;
}

const said = (lines: readonly string[]) => lines.map((line) => line.trim()).filter((line) => line !== '');

/** The first line that changed although nobody meant it; none where all is well. */
export function wronged(before: Doc, after: string, act: Act): string | undefined {
  const lines = before.text.split(/\r?\n/);
  const kept = lines.map(() => true);
  for (const path of act.touched) {
    const [from, to] = linesOf(before, path, lines);
    kept.fill(false, Math.max(0, from), Math.max(0, to));
  }
  const unrelated = said(lines.filter((line, index) => kept[index] && !mayGrow(line, act)));
  const now = said(after.split(/\r?\n/));
  let at = 0;
  for (const line of unrelated) {
    const found = now.indexOf(line, at);
    if (found < 0) return line;
    at = found + 1;
  }
  return undefined;
}

/** A list that was or becomes empty, or stands within brackets, changes on the line of its key. */
function mayGrow(line: string, act: Act): boolean {
  const bare = line.replace(/\s#.*$/, '');
  return /[[\]{}]/.test(bare) || (/:$/.test(bare) && (act.adds || act.touched.length > 0));
}

