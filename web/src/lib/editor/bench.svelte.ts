// What the editor's parts share: the desk, the trial, where things stand on the canvas, and which dialog is open.
import { getContext, setContext, untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';

import { Arrangement } from '../canvas/arrangement.svelte';
import { layout, type Layout, type Line, type Point } from '../model/layout';
import type { Graph, Step } from '../model/graph';
import type { Given } from '../import/intake.svelte';
import { Trial } from '../run/trial.svelte';
import { t } from '../i18n';
import type { Desk } from './desk.svelte';
import type { Editor } from './editor.svelte';

/** Where a step is put. */
export type Place = Line['at'];

export type Dialog =
  /** `instead`: a step in whose place it is put, and what is looked for at first. */
  | { kind: 'add'; at: Place | undefined; trigger: boolean; instead?: Instead | undefined }
  | { kind: 'import'; given: Given | undefined }
  | { kind: 'commands' }
  | { kind: 'keys' }
  | { kind: 'search' }
  | { kind: 'input' }
  | { kind: 'paste' }
  | { kind: 'rename'; key: string }
  | { kind: 'note'; key: string };

/** What stood in the file of another tool. */
export interface Origin {
  was: string;
  original: unknown;
}

export interface Instead {
  step: Step;
  wanted: string;
}

/** What the canvas can be asked for. */
export interface View {
  fit(): void;
  zoom(by: number): void;
  /** Brings a step into view. */
  show(key: string): void;
  focus(key: string): void;
  /** The middle of what is seen. */
  middle(): Point;
}

const name = Symbol('bench');

export class Bench {
  readonly editor: Editor;
  readonly trial: Trial;
  readonly arrangement: Arrangement;
  dialog = $state.raw<Dialog | undefined>();
  /** Keys pressed while the search that was asked for is on its way. */
  ahead: string[] = [];
  outline = $state(false);
  /** On a phone: whether the panel is over the canvas. */
  sheet = $state(false);
  menu = $state.raw<{ x: number; y: number } | undefined>();
  /** The line or end that a dragged step is over. */
  drop = $state.raw<string | undefined>();
  view = $state.raw<View | undefined>();
  /** What steps were before they were imported, by the ids of those that stand in their place now. */
  readonly origins = new SvelteMap<string, Origin>();
  /** Read out to those who do not see the canvas. */
  said = $state('');

  constructor(readonly desk: Desk) {
    this.editor = desk.editor;
    this.trial = new Trial(desk.editor);
    this.arrangement = new Arrangement(desk.editor.id);
    this.steps = this.#followed();
  }

  /** What is drawn: the text that is edited, or that of a past run. */
  readonly graph: Graph = $derived.by(() => this.editor.watch.graph);
  /** The steps that are drawn, by their keys. Whoever reads one hears of that one alone: a letter typed in its name
   * concerns its disc, not those of all others. */
  readonly steps: ReadonlyMap<string, Step>;
  readonly layout: Layout = $derived.by(() => layout(this.graph, this.editor.watch.past ? {} : this.arrangement.positions));

  #followed(): ReadonlyMap<string, Step> {
    const steps = new SvelteMap<string, Step>();
    const follow = (all: readonly Step[]) => {
      const keys = new Set(all.map(({ key }) => key));
      for (const key of [...steps.keys()]) if (!keys.has(key)) steps.delete(key);
      for (const step of all) if (steps.get(step.key) !== step) steps.set(step.key, step);
    };
    $effect.pre(() => {
      const { all } = this.graph;
      untrack(() => follow(all));
    });
    return steps;
  }

  /** Whether the text may be changed now. */
  get free(): boolean {
    return !this.editor.watch.past && !this.editor.stale;
  }

  /** Whether there is nothing in it that another scenario would take the place of. */
  get bare(): boolean {
    return this.free && this.graph.all.length === 0 && this.desk.live === undefined;
  }

  /** Takes what was imported, as one act. */
  fill(text: string, places: Record<string, Point>, todo: string | undefined): void {
    this.editor.replace(t.imports.title, text);
    this.arrangement.put(places);
    this.view?.fit();
    if (todo !== undefined) this.open(todo);
  }

  /** The steps that are selected, in the order of the text. */
  get chosen(): Step[] {
    return this.editor.steps.filter((step) => this.editor.selected.has(step.key));
  }

  /** Where a step goes that is added after the selection, or at the end. */
  get next(): Place {
    const last = this.chosen.filter((step) => step.kind !== 'trigger').at(-1);
    if (last) {
      const index = last.path.at(-1);
      return { list: last.path.slice(0, -1), index: typeof index === 'number' ? index + 1 : 0 };
    }
    const trigger = this.editor.step?.kind === 'trigger';
    return { list: ['steps'], index: trigger ? 0 : this.editor.graph.steps.length };
  }

  /** Selects a step and shows its form. */
  open(key: string): void {
    this.editor.select(key);
    if (this.editor.tab !== 'yaml') this.editor.tab = 'form';
    this.sheet = true;
    this.view?.show(key);
  }

  add(at?: Place): void {
    if (!this.free) return;
    const trigger = at === undefined && this.editor.graph.triggers.length === 0;
    this.dialog = { kind: 'add', at, trigger };
  }

  close(): void {
    this.dialog = undefined;
    this.ahead = [];
    this.menu = undefined;
  }
}

export function provide(bench: Bench): Bench {
  return setContext(name, bench);
}

export function bench(): Bench {
  return getContext<Bench>(name);
}

