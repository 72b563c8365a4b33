// Where discs were put by hand, and the notes on the canvas: kept beside the scenario, never in its text.
import { Refused } from '../api/http';
import { layoutOf, saveLayout } from '../api/editing';
import type { Point } from '../model/layout';
import type { Note } from './picture';

/** How long nothing more must be moved until it is sent, in milliseconds. */
const hesitation = 400;

/** How long until a server that did not take it is asked again, in milliseconds. */
const pause = 5000;

export class Arrangement {
  positions = $state.raw<Record<string, Point>>({});
  notes = $state.raw<Note[]>([]);
  /** Whether the server did not take it; it is asked again. */
  unkept = $state(false);
  /** Whether there is something that it does not have. */
  #due = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly scenario: string) {}

  async load(signal: AbortSignal): Promise<void> {
    const kept = await layoutOf(this.scenario, signal).catch(() => undefined);
    if (!kept || signal.aborted) return;
    this.positions = kept.positions ?? {};
    this.notes = kept.notes ?? [];
  }

  move(key: string, to: Point): void {
    this.positions = { ...this.positions, [key]: { x: Math.round(to.x), y: Math.round(to.y) } };
    this.#save();
  }

  /** Lets a disc stand where the tree puts it. */
  free(key: string): void {
    if (!Object.hasOwn(this.positions, key)) return;
    const { [key]: _, ...rest } = this.positions;
    this.positions = rest;
    this.#save();
  }

  /** Lets everything stand where the tree puts it. */
  tidy(): void {
    this.positions = {};
    this.#save();
  }

  /** Puts all discs where these say. */
  put(positions: Record<string, Point>): void {
    this.positions = positions;
    this.#save();
  }

  addNote(at: Point): void {
    this.notes = [...this.notes, { x: Math.round(at.x), y: Math.round(at.y), text: '' }];
    this.#save();
  }

  writeNote(index: number, change: Partial<Note>): void {
    this.notes = this.notes.map((note, at) => (at === index ? { ...note, ...change } : note));
    this.#save();
  }

  removeNote(index: number): void {
    this.notes = this.notes.filter((_, at) => at !== index);
    this.#save();
  }

  /** Sends what could not be kept before, as now there is a file to keep it beside. */
  again(): void {
    if (this.#due) this.#save();
  }

  #save(after = hesitation): void {
    this.#due = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), after);
  }

  async #send(): Promise<void> {
    this.#due = false;
    try {
      await saveLayout(this.scenario, { positions: this.positions, notes: this.notes });
      this.unkept = false;
    } catch (error) {
      this.#due = true;
      // Before a scenario is published there is nothing to keep it beside; then it is sent again.
      const early = error instanceof Refused && error.status === 404;
      this.unkept = !early;
      if (!early) this.#save(pause);
    }
  }
}
