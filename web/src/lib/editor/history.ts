// One stack of acts for canvas, form and text: each act knows its way back. Pure.
import type { TextEdit } from '../model/text';

/** One thing done to the text. */
export interface Done {
  label: string;
  edits: TextEdit[];
  /** The edits that take it back. */
  back: TextEdit[];
}

interface Entry {
  label: string;
  /** More than one where acts were joined. */
  parts: Done[];
  join: string | undefined;
  at: number;
}

/** Acts with the same `join` that follow each other within this many milliseconds are one step of undo. */
const joinedWithin = 1000;

/** How many steps can be taken back. */
const kept = 1000;

export class History {
  #past: Entry[] = [];
  #future: Entry[] = [];

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** What undo would take back. */
  get last(): string | undefined {
    return this.#past.at(-1)?.label;
  }

  push(done: Done, join: string | undefined, at: number): void {
    this.#future = [];
    const last = this.#past.at(-1);
    if (last && join !== undefined && last.join === join && at - last.at <= joinedWithin) {
      last.parts.push(done);
      last.at = at;
      return;
    }
    this.#past.push({ label: done.label, parts: [done], join, at });
    if (this.#past.length > kept) this.#past.shift();
  }

  /** The edits that take the last step back, to be applied one after the other. */
  undo(): TextEdit[][] {
    const entry = this.#past.pop();
    if (!entry) return [];
    this.#future.push({ ...entry, join: undefined });
    return entry.parts.map((part) => part.back).reverse();
  }

  /** The edits that do again what was taken back last. */
  redo(): TextEdit[][] {
    const entry = this.#future.pop();
    if (!entry) return [];
    this.#past.push(entry);
    return entry.parts.map((part) => part.edits);
  }
}
