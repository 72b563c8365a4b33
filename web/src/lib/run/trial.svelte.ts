// Runs the text on the screen: the whole of it, up to a step, or one step alone. What comes of it, `watch` shows.
import * as api from '../api/editing';
import { Refused, SignedOut } from '../api/http';
import { session } from '../api/session.svelte';
import type { Diagnostic } from '../api/types';
import type { Editor } from '../editor/editor.svelte';

/** How much of the text is to be run. */
export type Extent = { until?: string; only?: string };

export class Trial {
  refusal = $state('');
  #asking = $state(false);

  constructor(readonly editor: Editor) {}

  /** Whether a run was asked for and is not over. */
  get busy(): boolean {
    return this.#asking || this.editor.watch.running;
  }

  async start(extent: Extent = {}): Promise<void> {
    const { editor } = this;
    const { watch } = editor;
    if (watch.past) watch.leave();
    const { text } = editor;
    this.#asking = true;
    this.refusal = '';
    try {
      watch.follow(await api.tryOnce(editor.id, { text, ...extent, ...this.#given(extent) }), text);
    } catch (error) {
      this.#refused(error);
    } finally {
      this.#asking = false;
    }
  }

  /** What the run gets: its input, the outputs that are pinned, and for one step alone the values at hand. */
  #given({ only }: Extent): Partial<api.Trial> {
    const { editor } = this;
    const { input } = editor.watch;
    const given: Partial<api.Trial> = {};
    const pins = editor.steps.flatMap((step) => (editor.pins.has(step.key) ? [[step.id ?? step.label, editor.pins.get(step.key)]] : []));
    if (pins.length > 0) given.pins = Object.fromEntries(pins);
    if (input) given.input = input;
    else if (only !== undefined && editor.run) given.input = { run: editor.run.id };
    if (only === undefined) return given;
    const { trigger, steps, vars } = editor.scope;
    return { ...given, scope: { ...steps, vars, ...(trigger !== undefined && { trigger }) } };
  }

  #refused(error: unknown): void {
    if (error instanceof SignedOut) session.signedOut = true;
    const found = error instanceof Refused ? (error.problem.diagnostics as Diagnostic[] | undefined) : undefined;
    if (found) this.editor.diagnostics = found;
    this.refusal = error instanceof Error ? error.message : String(error);
  }
}

/** The name by which the server knows a step. */
export function nameOf(step: { id: string | null; label: string }): string {
  return step.id ?? step.label;
}
