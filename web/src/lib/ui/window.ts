// Which rows of a long list are drawn. Pure.

export interface Window {
  /** The first row that is drawn, and the one after the last. */
  from: number;
  to: number;
}

/** Rows drawn above and below what is seen, so that scrolling shows no gap. */
const margin = 6;

/** The rows that are seen when `count` rows of one height (in pixels) are scrolled down by `top`. */
export function visible(top: number, height: number, row: number, count: number): Window {
  const first = Math.floor(Math.max(0, top) / row) - margin;
  const last = Math.ceil((Math.max(0, top) + height) / row) + margin;
  const to = Math.min(count, last);
  return { from: Math.max(0, Math.min(first, to)), to };
}

/** How far to scroll so that a row is seen whole; as far as now where it is. */
export function reveal(index: number, top: number, height: number, row: number): number {
  const start = index * row;
  if (start < top) return start;
  return Math.max(top, start + row - height);
}
