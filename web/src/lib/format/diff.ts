// What lines two texts have in common, and what each has alone. Pure.

export interface Line {
  kind: 'same' | 'removed' | 'added';
  text: string;
  /** Its number in the text before and after, from 1; none where it is not there. */
  before: number | undefined;
  after: number | undefined;
}

/** Beyond so many pairs of lines, what lies between the common beginning and end is shown as replaced. */
const mostPairs = 4_000_000;

export function diff(before: string, after: string): Line[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const lines: Line[] = [];
  const say = (kind: Line['kind'], i: number, j: number) => {
    const text = (kind === 'added' ? b[j] : a[i]) ?? '';
    lines.push({ kind, text, before: kind === 'added' ? undefined : i + 1, after: kind === 'removed' ? undefined : j + 1 });
  };
  for (let line = 0; line < start; line += 1) say('same', line, line);
  middle(a.slice(start, a.length - end), b.slice(start, b.length - end), (kind, i, j) => say(kind, start + i, start + j));
  for (let line = end; line > 0; line -= 1) say('same', a.length - line, b.length - line);
  return lines;
}

/** How many lines were added and removed. */
export function size(lines: Line[]): { added: number; removed: number } {
  const count = (kind: Line['kind']) => lines.filter((line) => line.kind === kind).length;
  return { added: count('added'), removed: count('removed') };
}

/** Lines that changed with so many around them, in pieces that lie apart. */
export function pieces(lines: Line[], around: number): Line[][] {
  const shown = new Set<number>();
  lines.forEach((line, at) => {
    if (line.kind === 'same') return;
    for (let near = at - around; near <= at + around; near += 1) if (near >= 0 && near < lines.length) shown.add(near);
  });
  const found: Line[][] = [];
  for (const at of [...shown].sort((x, y) => x - y)) {
    if (!shown.has(at - 1)) found.push([]);
    found.at(-1)?.push(lines[at] as Line);
  }
  return found;
}

/** The longest common subsequence, by the usual table. */
function middle(a: string[], b: string[], say: (kind: Line['kind'], i: number, j: number) => void): void {
  const width = b.length + 1;
  const small = (a.length + 1) * width <= mostPairs;
  const table = new Uint32Array(small ? (a.length + 1) * width : 0);
  for (let i = a.length - 1; small && i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const [below, right, both] = [(i + 1) * width + j, i * width + j + 1, (i + 1) * width + j + 1];
      table[i * width + j] = a[i] === b[j] ? 1 + (table[both] ?? 0) : Math.max(table[below] ?? 0, table[right] ?? 0);
    }
  }
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (small && i < a.length && j < b.length && a[i] === b[j]) say('same', i++, j++);
    else if (i < a.length && (j >= b.length || !small || (table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0))) say('removed', i++, j);
    else say('added', i, j++);
  }
}
