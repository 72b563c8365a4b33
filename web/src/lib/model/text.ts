// Splices of text. Every change of a scenario is a list of them, so that only what changes is ever touched, and an act
// can be taken back to the byte. Offsets are UTF-16 units in the text before the change.

export interface TextEdit {
  from: number;
  to: number;
  insert: string;
}

/** The text after the edits, which are sorted and disjoint. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, insert } of edits) {
    result += text.slice(at, from) + insert;
    at = to;
  }
  return result + text.slice(at);
}

/** The edits that lead back, in offsets of the text after. */
export function invert(text: string, edits: readonly TextEdit[]): TextEdit[] {
  let moved = 0;
  return edits.map(({ from, to, insert }) => {
    const back = { from: from + moved, to: from + moved + insert.length, insert: text.slice(from, to) };
    moved += insert.length - (to - from);
    return back;
  });
}

/** In order of the text. Where two begin at one place, an insertion comes first. */
export function sorted(edits: readonly TextEdit[]): TextEdit[] {
  return [...edits].sort((one, other) => one.from - other.from || one.to - other.to);
}

/** A stretch of the result of edits: kept from the text before, or new. */
type Piece = { from: number; to: number } | string;

/** One list of edits for two, of which the second speaks of the text after the first. */
export function compose(length: number, first: readonly TextEdit[], second: readonly TextEdit[]): TextEdit[] {
  if (first.length === 0) return [...second];
  if (second.length === 0) return [...first];
  const pieces = piecesOf(length, first);
  const result: Piece[] = [];
  let at = 0;
  for (const { from, to, insert } of second) {
    result.push(...cut(pieces, at, from));
    if (insert !== '') result.push(insert);
    at = to;
  }
  result.push(...cut(pieces, at, Infinity));
  return editsOf(length, result);
}

function piecesOf(length: number, edits: readonly TextEdit[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { from, to, insert } of edits) {
    if (from > at) pieces.push({ from: at, to: from });
    if (insert !== '') pieces.push(insert);
    at = to;
  }
  if (length > at) pieces.push({ from: at, to: length });
  return pieces;
}

function sizeOf(piece: Piece): number {
  return typeof piece === 'string' ? piece.length : piece.to - piece.from;
}

/** The pieces between two offsets of their whole. */
function cut(pieces: readonly Piece[], from: number, to: number): Piece[] {
  const result: Piece[] = [];
  let begin = 0;
  for (const piece of pieces) {
    const size = sizeOf(piece);
    const low = Math.max(from - begin, 0);
    const high = Math.min(to - begin, size);
    if (low < high) {
      if (typeof piece === 'string') result.push(piece.slice(low, high));
      else result.push({ from: piece.from + low, to: piece.from + high });
    }
    begin += size;
  }
  return result;
}

function editsOf(length: number, pieces: readonly Piece[]): TextEdit[] {
  const edits: TextEdit[] = [];
  let at = 0;
  let insert = '';
  const close = (from: number) => {
    if (from > at || insert !== '') edits.push({ from: at, to: from, insert });
    insert = '';
  };
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      insert += piece;
      continue;
    }
    close(piece.from);
    at = piece.to;
  }
  close(length);
  return edits;
}

/** The one edit that leads from a text to another, as small as it can be. Nothing where they are the same. */
export function difference(before: string, after: string): TextEdit[] {
  if (before === after) return [];
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let end = 0;
  while (end < most - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) end += 1;
  return [{ from: start, to: before.length - end, insert: after.slice(start, after.length - end) }];
}

/** How the text ends its lines. */
export function lineBreakOf(text: string): string {
  const at = text.indexOf('\n');
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}
