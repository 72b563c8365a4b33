// What comes in between two frames, handed on in one piece. Pure: when the next frame is comes in.

/** Has a function called at the next frame. */
export type Frame = (then: () => void) => void;

export class Batch<T> {
  #waiting: T[] = [];
  #asked = false;
  #held = false;

  constructor(
    readonly frame: Frame,
    readonly deliver: (items: T[]) => void,
    /** How many are kept waiting at most. */
    readonly limit: number,
  ) {}

  /** How many wait. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Whether the sender should stop until everything that waits is delivered. */
  get full(): boolean {
    return this.#waiting.length >= this.limit;
  }

  push(item: T): void {
    this.#waiting.push(item);
    this.#ask();
  }

  /** Nothing is delivered until `release`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    if (this.#waiting.length > 0) this.#ask();
  }

  #ask(): void {
    if (this.#asked || this.#held) return;
    this.#asked = true;
    this.frame(() => {
      this.#asked = false;
      if (this.#held || this.#waiting.length === 0) return;
      const items = this.#waiting;
      this.#waiting = [];
      this.deliver(items);
    });
  }
}
