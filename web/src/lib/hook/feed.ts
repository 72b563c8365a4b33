// The requests of a hook as the page has them: pages of older ones and those that come in, put together. Pure.
import type { RequestLine, RequestPage } from '../api/hook-types';

/** How many requests are asked for at once. */
export const pageSize = 100;

/** How many are held at most. Older ones are let go, and asked for again when someone scrolls that far. */
export const capacity = 50_000;

/** The cursor before the first request there ever was. */
export const beginning = '0';

/** Which of two ids is older: negative where the first is. Ids are whole numbers, written without leading zeros. */
export function order(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : Number(a > b);
}

export class Feed {
  /** How many have come in live, so that what is looked at can stay in its place. */
  arrived = 0;
  /** The oldest first, so that adding what is new moves nothing. */
  #lines: RequestLine[] = [];
  #next: string | null;

  constructor(
    first: RequestPage,
    readonly limit = capacity,
  ) {
    this.#lines = first.requests.toReversed();
    this.#next = first.next;
  }

  get length(): number {
    return this.#lines.length;
  }

  /** The `before` of the page of older ones; null where there are none. */
  get next(): string | null {
    return this.#next;
  }

  /** Counted from the newest. */
  at(index: number): RequestLine | undefined {
    return this.#lines[this.#lines.length - 1 - index];
  }

  /** Where a request stands, counted from the newest; -1 where it is not here. */
  indexOf(id: string): number {
    let low = 0;
    let high = this.#lines.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const line = this.#lines[middle];
      if (line && order(line.id, id) < 0) low = middle + 1;
      else high = middle;
    }
    return this.#lines[low]?.id === id ? this.#lines.length - 1 - low : -1;
  }

  /** Takes what came in, oldest first. What is here already (a stream begins anew where it broke) is passed over. */
  append(batch: RequestLine[]): void {
    let newest = this.#lines.at(-1)?.id ?? beginning;
    for (const line of batch) {
      if (order(line.id, newest) <= 0) continue;
      this.#lines.push(line);
      this.arrived += 1;
      newest = line.id;
    }
    // In large pieces: each takes as long as the list is.
    if (this.#lines.length <= this.limit * 1.1) return;
    this.#lines = this.#lines.slice(-this.limit);
    this.#next = this.#lines[0]?.id ?? null;
  }

  /** Takes a page of older ones, newest first, unless others were let go since it was asked for. */
  extend(page: RequestPage, asked: string): void {
    if (asked !== this.#next) return;
    const oldest = this.#lines[0]?.id;
    const older = page.requests.filter((line) => oldest === undefined || order(line.id, oldest) < 0);
    this.#lines = [...older.toReversed(), ...this.#lines];
    this.#next = page.next;
  }
}
