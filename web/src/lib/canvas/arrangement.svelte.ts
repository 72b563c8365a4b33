// Where discs were put by hand, and the notes on the canvas: kept beside the scenario, never in its text.
import { layoutOf, saveLayout } from '../api/editing';
import type { Point } from '../model/layout';
import type { Note } from './picture';

/** How long nothing more must be moved until it is sent, in milliseconds. */
const hesitation = 400;

export class Arrangement {
  positions = $state.raw<Record<string, Point>>({});
  notes = $state.raw<Note[]>([]);
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

  #save(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), hesitation);
  }

  async #send(): Promise<void> {
    // Where it cannot be kept, for want of a file, the picture is still right for this visit.
    await saveLayout(this.scenario, { positions: this.positions, notes: this.notes }).catch(() => undefined);
  }
}
