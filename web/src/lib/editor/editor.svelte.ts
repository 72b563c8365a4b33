// One scenario being edited: its text, what the text says, what is selected, what is known of its data. The text is the
// only truth; canvas, form and code view change it through `perform` alone.
import { untrack } from 'svelte';

import type { Module } from '../api/editing';
import type { Diagnostic, Run } from '../api/types';
import { parse, type Doc, type Path } from '../model/doc';
import { project, type Graph, type Step } from '../model/graph';
import { applyEdits, invert, type TextEdit } from '../model/text';
import { Watch } from '../run/watch.svelte';
import { carry, places } from './carry';
import { History } from './history';

/** Something done to the text, as one step of undo. */
export interface Act {
  label: string;
  edits: TextEdit[];
  /** Acts with the same join in a row are one step of undo. */
  join?: string;
  /** The key of the step to be selected after it. */
  select?: string;
}

/** Values that expressions can refer to. */
export interface Scope {
  trigger: unknown;
  steps: Record<string, unknown>;
  vars: Record<string, unknown>;
  /** What loops work on in their first turn, by their variables. */
  loops?: Record<string, unknown>;
  /** Outputs of steps without an id, by their labels. */
  unnamed?: Record<string, unknown>;
  /** Where they come from; null where there are none yet. */
  source: 'run' | 'sample' | null;
}

/** The field that a click in the data panel writes to. */
export interface Target {
  /** Puts an expression at the caret; `also` is done in the same act. */
  insert(expression: string, also?: TextEdit[]): void;
  path: Path;
}

export type Saving = 'saved' | 'saving' | 'conflict' | 'offline';
export type Tab = 'form' | 'yaml' | 'history' | 'versions';

const empty: Graph = { name: '', triggers: [], steps: [], all: [], failure: [] };

export class Editor {
  readonly id: string;
  text = $state.raw('');
  doc = $state.raw<Doc>(parse(''));
  /** What the text said when it last could be read. */
  graph = $state.raw<Graph>(empty);
  /** Whether the text cannot be read now. */
  stale = $state(false);
  selected = $state.raw<ReadonlySet<string>>(new Set());
  diagnostics = $state.raw<Diagnostic[]>([]);
  modules = $state.raw<ReadonlyMap<string, Module>>(new Map());
  scope = $state.raw<Scope>({ trigger: undefined, steps: {}, vars: {}, source: null });
  /** The run whose data is shown, and what each step did in it, by key. */
  run = $state.raw<Run | undefined>();
  /** Outputs by a step's key, taken instead of calling it. */
  pins = $state.raw<ReadonlyMap<string, unknown>>(new Map());
  target = $state.raw<Target | undefined>();
  /** Runs the text up to a step, where that can be done. */
  runUpTo = $state.raw<((step: Step) => void) | undefined>();
  saving = $state<Saving>('saved');
  /** What the panel shows. */
  tab = $state<Tab>('form');
  canUndo = $state(false);
  canRedo = $state(false);
  /** Counts the changes of the text. */
  revision = $state(0);
  /** Keys of the run's steps now, by their keys in the text that ran. */
  kept = $state.raw<ReadonlyMap<string, string>>(new Map());
  /** The run that is shown, and what it did at each step. */
  readonly watch = new Watch(this);
  #history = new History();

  constructor(id: string, text: string) {
    this.id = id;
    untrack(() => this.#take(text));
  }

  readonly steps: readonly Step[] = $derived.by(() => this.graph.all);
  readonly #byKey = $derived.by(() => new Map(this.steps.map((step) => [step.key, step])));

  /** The step that is selected, if it is one alone. */
  readonly step: Step | null = $derived.by(() => {
    const [key, ...more] = this.selected;
    return (more.length === 0 && key !== undefined && this.#byKey.get(key)) || null;
  });

  /** What is wrong, by the step it is wrong with. The lines are those of the text that was checked: what is typed after
   * that is checked in its turn. */
  readonly faults: ReadonlyMap<string, Diagnostic[]> = $derived.by(() => {
    const faults = new Map<string, Diagnostic[]>();
    for (const found of this.diagnostics) {
      const key = untrack(() => this.stepAtLine(found.place.line)?.key);
      if (key !== undefined) faults.set(key, [...(faults.get(key) ?? []), found]);
    }
    return faults;
  });

  stepOf(key: string): Step | undefined {
    return this.#byKey.get(key);
  }

  /** The innermost step that a line of the text belongs to. Lines count from 1. */
  stepAtLine(line: number): Step | undefined {
    let offset = 0;
    for (let passed = 1; passed < line; passed += 1) {
      const end = this.text.indexOf('\n', offset);
      if (end < 0) return undefined;
      offset = end + 1;
    }
    const end = this.text.indexOf('\n', offset);
    const over = end < 0 ? this.text.length : end;
    const around = this.steps.filter((step) => step.range[0] <= over && step.range[1] > offset);
    return around.sort((a, b) => b.range[0] - a.range[0])[0];
  }

  /** Changes the text. */
  perform(act: Act): void {
    if (act.edits.length > 0) {
      const back = invert(this.text, act.edits);
      this.#history.push({ label: act.label, edits: act.edits, back }, act.join, Date.now());
      this.#change([act.edits]);
    }
    if (act.select !== undefined) this.select(act.select);
  }

  undo(): void {
    this.#change(this.#history.undo());
  }

  redo(): void {
    this.#change(this.#history.redo());
  }

  /** Replaces the whole text by another, as one act that can be taken back. */
  replace(label: string, text: string): void {
    this.perform({ label, edits: [{ from: 0, to: this.text.length, insert: text }] });
  }

  /** Shows the first error where it is: at its field, else in the text. */
  turnToFault(): void {
    const fault = this.diagnostics.find(({ severity }) => severity === 'error');
    if (!fault) return;
    const step = this.stepAtLine(fault.place.line);
    if (step) this.select(step.key);
    this.tab = step ? 'form' : 'yaml';
  }

  select(...keys: string[]): void {
    this.selected = new Set(keys);
  }

  #change(all: TextEdit[][]): void {
    for (const edits of all) {
      const before = places(this.graph);
      this.#take(applyEdits(this.text, edits));
      if (!this.stale) this.#carry(carry(before, this.graph, edits));
    }
    this.canUndo = this.#history.canUndo;
    this.canRedo = this.#history.canRedo;
    this.revision += 1;
  }

  /** Reads a text; the picture stays as it was where it cannot be read. */
  #take(text: string): void {
    this.text = text;
    this.doc = parse(text, this.doc);
    this.stale = this.doc.faults.length > 0;
    if (!this.stale) this.graph = project(this.doc, this.graph);
  }

  /** Follows steps whose keys an edit changed. */
  #carry(keys: Map<string, string>): void {
    const follow = (key: string) => keys.get(key);
    // Whoever draws a step hears of each change of these: none is told of where there is none.
    if ([...this.selected].some((key) => follow(key) !== key)) this.selected = new Set([...this.selected].flatMap((key) => follow(key) ?? []));
    if (this.pins.size > 0) {
      this.pins = new Map([...this.pins].flatMap(([key, value]) => (keys.has(key) ? [[keys.get(key) as string, value]] : [])));
    }
    if ([...this.kept.values()].some((key) => follow(key) !== key)) {
      this.kept = new Map([...this.kept].flatMap(([ran, key]) => (keys.has(key) ? [[ran, keys.get(key) as string]] : [])));
    }
  }
}
