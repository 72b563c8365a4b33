// Runs the text on the screen: the whole of it, up to a step, or one step alone. What comes of it, `watch` shows.
import { runs } from '../api/client';
import * as api from '../api/editing';
import { Refused, SignedOut } from '../api/http';
import { session } from '../api/session.svelte';
import type { Diagnostic } from '../api/types';
import type { Editor } from '../editor/editor.svelte';
import type { Source } from './input';

/** How much of the text is to be run. */
export type Extent = { until?: string; only?: string };

export class Trial {
  refusal = $state('');
  #asking = $state(false);
  /** The run whose input a webhook is given, where no sample was chosen. */
  #last: string | undefined;

  constructor(readonly editor: Editor) {}

  /** Whether a run was asked for and is not over. */
  get busy(): boolean {
    return this.#asking || this.editor.watch.running;
  }

  /** Whether a webhook is among what starts it. */
  get webhook(): boolean {
    return this.#trigger !== undefined;
  }

  get #trigger() {
    return this.editor.graph.triggers.find(({ module }) => module === 'webhook');
  }

  /** What the next run of the whole text gets. */
  get source(): Source {
    const { input } = this.editor.watch;
    if (input) return input.request ? 'sample' : input.run ? 'last' : 'own';
    if (!this.webhook) return 'none';
    return this.#before === undefined ? 'wait' : 'last';
  }

  /** What it can get. */
  get sources(): Source[] {
    const { input } = this.editor.watch;
    const before = input?.run !== undefined || (this.webhook && this.#before !== undefined);
    return [...(input?.request ? ['sample' as const] : []), ...(before ? ['last' as const] : []), 'own', this.webhook ? 'wait' : 'none'];
  }

  /** The run whose input comes again where nothing was chosen. */
  get #before(): string | undefined {
    return this.editor.run?.id ?? this.editor.watch.last?.id;
  }

  /** Has the next request to the test URL run the text. */
  async wait(): Promise<void> {
    const { editor } = this;
    if (editor.watch.past) editor.watch.leave();
    this.refusal = '';
    try {
      this.#turnToWebhook();
      await editor.watch.listening.begin();
    } catch (error) {
      this.#refused(error);
    }
  }

  #turnToWebhook(): void {
    const trigger = this.#trigger;
    if (!trigger) return;
    this.editor.select(trigger.key);
    this.editor.tab = 'form';
  }

  async start(extent: Extent = {}): Promise<void> {
    const { editor } = this;
    const { watch } = editor;
    if (watch.past) watch.leave();
    const { text } = editor;
    this.#asking = true;
    this.refusal = '';
    this.#last = undefined;
    try {
      if (await this.#mustListen(extent)) {
        await watch.listening.begin();
        return;
      }
      watch.follow(await api.tryOnce(editor.id, { text, ...extent, ...this.#given(extent) }), text);
    } catch (error) {
      this.#refused(error);
    } finally {
      this.#asking = false;
    }
  }

  /** A webhook that nobody ever called, and that has no sample, waits for its first request. */
  async #mustListen({ only }: Extent): Promise<boolean> {
    const { editor } = this;
    if (only !== undefined || !this.webhook || editor.watch.input) return false;
    const last = this.#before ?? (await runs({ scenario: editor.id }, 1, null, AbortSignal.timeout(10_000))).items[0]?.id;
    if (last !== undefined) {
      this.#last = last;
      return false;
    }
    this.#turnToWebhook();
    return true;
  }

  /** What the run gets: its input, the outputs that are pinned, and for one step alone the values at hand. */
  #given({ only }: Extent): Partial<api.Trial> {
    const { editor } = this;
    const { input } = editor.watch;
    const given: Partial<api.Trial> = {};
    const pins = editor.steps.flatMap((step) => (editor.pins.has(step.key) ? [[step.id ?? step.label, editor.pins.get(step.key)]] : []));
    if (pins.length > 0) given.pins = Object.fromEntries(pins);
    if (input) given.input = input;
    else if (this.#last !== undefined) given.input = { run: this.#last };
    else if (only !== undefined && editor.run) given.input = { run: editor.run.id };
    if (only === undefined) return given;
    const { trigger, steps, vars } = editor.scope;
    return { ...given, scope: { ...steps, vars, ...(trigger !== undefined && { trigger }) } };
  }

  #refused(error: unknown): void {
    if (error instanceof SignedOut) session.signedOut = true;
    const found = error instanceof Refused ? (error.problem.diagnostics as Diagnostic[] | undefined) : undefined;
    if (found) {
      this.editor.diagnostics = found;
      this.editor.turnToFault();
    }
    this.refusal = error instanceof Error ? error.message : String(error);
  }
}

/** The name by which the server knows a step. */
export function nameOf(step: { id: string | null; label: string }): string {
  return step.id ?? step.label;
}
