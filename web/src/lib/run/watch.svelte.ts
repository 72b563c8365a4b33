// The run that the editor shows: followed while it goes on, or opened from the past, with what it did at each step.
import { untrack } from 'svelte';

import { cancel, run as askRun, runs } from '../api/client';
import { scopeOf, versionText, type TrialInput } from '../api/editing';
import { onEvent } from '../api/events';
import { request } from '../api/hooks';
import { SignedOut } from '../api/http';
import { session } from '../api/session.svelte';
import { isOver, type Run, type Step as Turn } from '../api/types';
import type { Editor } from '../editor/editor.svelte';
import { parse, type Doc } from '../model/doc';
import { project, type Graph, type Step } from '../model/graph';
import { unnamedOf } from './given';
import { Listening } from './listening.svelte';
import { triggerOf } from './sample';
import { followRun } from './stream';
import { bubblesOf, passingOf, recordsByKey, type Bubble, type Passing } from './tally';

/** A text that ran, and its picture. */
export interface Ran {
  text: string;
  doc: Doc;
  graph: Graph;
}

/** What is shown instead of what is edited, because a run of another text is looked at. */
export interface Past extends Ran {
  version: string;
}

/** How often a run that began elsewhere is turned to, at most, in milliseconds. */
const atMostEach = 1000;

const patience = 15_000; // milliseconds

export class Watch {
  /** What is drawn instead of what is edited; null where that is drawn. */
  past = $state.raw<Past | null>(null);
  /** The key of the step that is looked into, among those drawn. */
  chosen = $state<string | null>(null);
  /** Which of its turns. */
  turn = $state(0);
  /** Whether the panel is open, and what it shows. */
  open = $state(false);
  view = $state<'run' | 'whatif'>('run');
  problem = $state.raw<Error>();
  /** Counts runs of this scenario that began or ended, so that lists of them are asked for anew. */
  news = $state(0);
  /** Whether runs of this text that begin elsewhere are shown as they begin. */
  following = $state(true);
  /** What the next run by hand gets; its own sample unless chosen. */
  input = $state.raw<TrialInput | undefined>();
  /** The run that began last, of whatever text. */
  last = $state.raw<{ id: string; created: number } | undefined>();
  readonly listening: Listening;
  #ran = $state.raw<Ran | undefined>();
  #stop: (() => void) | undefined;
  #deaf: (() => void) | undefined;
  #turned = 0;
  #texts = new Map<string, string>();

  constructor(readonly editor: Editor) {
    this.listening = new Listening(editor);
  }

  readonly run: Run | undefined = $derived.by(() => this.editor.run);
  readonly running: boolean = $derived.by(() => this.run !== undefined && !isOver(this.run.status));
  /** What is drawn. */
  readonly graph: Graph = $derived.by(() => this.past?.graph ?? this.editor.graph);
  /** The parsed text of what is drawn. */
  readonly doc: Doc = $derived.by(() => this.past?.doc ?? this.editor.doc);
  /** The text of what is drawn. */
  readonly text: string = $derived.by(() => this.past?.text ?? this.editor.text);

  /** What went through each step that is drawn, by its key. */
  readonly bubbles: ReadonlyMap<string, Bubble> = $derived.by(() => this.#now((run, graph) => bubblesOf(run, graph)));
  /** What each step that is drawn did, turn by turn. */
  readonly records: ReadonlyMap<string, Turn[]> = $derived.by(() => this.#now((run, graph) => recordsByKey(run, graph)));
  /** What went down each branch of a route, by the path of its steps. */
  readonly branches: ReadonlyMap<string, Passing> = $derived.by(() => {
    const [run, ran] = [this.run, this.#ran];
    return run && ran ? passingOf(run, ran.graph) : new Map<string, Passing>();
  });

  /** Something by the keys of the text that ran, by the keys of what is drawn now. */
  #now<T>(of: (run: Run, graph: Graph) => Map<string, T>): ReadonlyMap<string, T> {
    const [run, ran] = [this.run, this.#ran];
    if (!run || !ran) return new Map();
    const found = of(run, ran.graph);
    if (this.past) return found;
    const { kept } = this.editor;
    return new Map([...found].flatMap(([key, value]) => (kept.has(key) ? [[kept.get(key) as string, value] as const] : [])));
  }

  stepOf(key: string): Step | undefined {
    return this.graph.all.find((step) => step.key === key);
  }

  /** The key of a step that is drawn now, by its record. */
  keyOf(turn: Turn): string | undefined {
    for (const [key, turns] of this.records) if (turns.includes(turn)) return key;
    return undefined;
  }

  /** Begins to listen for runs of this scenario, and takes the data of the last one. To be called once it is on the screen. */
  begin(): void {
    this.#deaf = onEvent('run', ({ scenario, id, created }) => {
      if (scenario !== this.editor.id) return;
      if (created >= (this.last?.created ?? 0)) this.last = { id, created };
      this.#happened(id);
    });
    void this.#useLast();
  }

  close(): void {
    this.#deaf?.();
    this.#stop?.();
    this.listening.end();
  }

  /** Shows a run of the text on the screen, or of the one given, as it goes on. */
  follow(id: string, text: string = this.editor.text): void {
    this.#leave();
    this.#take(text, id, null);
    this.open = true;
    this.view = 'run';
    this.#listen(id);
  }

  /** Opens a run: on what is edited where it is the text that ran, else on the text that did. */
  async show(id: string): Promise<void> {
    const run = await askRun(id, AbortSignal.timeout(patience));
    const text = await this.#textOf(run);
    this.#leave();
    this.#take(text ?? this.editor.text, id, text === undefined || text === this.editor.text ? null : (run.version ?? ''));
    this.open = true;
    this.view = 'run';
    this.editor.run = run;
    if (run.status === 'failed' || run.status === 'held') this.#chooseFailed(run);
    if (isOver(run.status)) void this.useData(id);
    else this.#listen(id);
  }

  /** Goes back to what is edited, without any run. */
  leave(): void {
    this.#leave();
    this.past = null;
    this.#ran = undefined;
    this.chosen = null;
    this.editor.run = undefined;
  }

  /** Ends the run that is shown. */
  async stop(): Promise<void> {
    if (this.run && this.running) await cancel(this.run.id);
  }

  /** Turns to a step, for whenever the panel is looked at. */
  choose(key: string): void {
    this.chosen = key;
    this.turn = 0;
  }

  /** Looks into a step. */
  inspect(key: string): void {
    this.choose(key);
    this.open = true;
    this.view = 'run';
  }

  /** Has expressions previewed on what a run gave, and the next run by hand begun with what it got. */
  async useData(id: string, asInput = false): Promise<void> {
    try {
      const here = untrack(() => this.run);
      const ran = here?.id === id ? here : askRun(id, AbortSignal.timeout(patience));
      const scope = await scopeOf(id, AbortSignal.timeout(patience));
      this.editor.scope = { ...scope, unnamed: unnamedOf(await ran), source: 'run' };
    } catch (error) {
      this.#complain(error);
    }
    if (asInput) this.input = { run: id };
  }

  /** Has expressions previewed on a request, and the next run by hand begun with it. */
  async useRequest(hook: string, id: string): Promise<void> {
    const asked = await request(hook, id, AbortSignal.timeout(patience));
    const scope = asked.run ? await scopeOf(asked.run, AbortSignal.timeout(patience)).catch(() => undefined) : undefined;
    const { steps, vars } = this.editor.scope;
    this.editor.scope = scope ? { ...scope, source: 'sample' } : { trigger: triggerOf(asked), steps, vars, source: 'sample' };
    this.input = { request: { hook, id } };
  }

  #leave(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.problem = undefined;
  }

  #take(text: string, id: string, version: string | null): void {
    const { editor } = this;
    const doc = text === editor.text ? editor.doc : parse(text);
    // A graph of its own: the editor's changes with the text.
    const graph = project(doc);
    if (editor.run?.id !== id) this.chosen = version === null ? (editor.step?.key ?? null) : null;
    this.turn = 0;
    this.#ran = { text, doc, graph };
    this.past = version === null ? null : { text, doc, graph, version };
    editor.run = undefined;
    editor.kept = new Map(graph.all.flatMap(({ key, id, module }) => keptKey(editor.graph, key, id, module)));
  }

  #listen(id: string): void {
    const take = (run: Run) => {
      this.editor.run = run;
      this.problem = undefined;
      if (run.status === 'failed' || run.status === 'held') this.#chooseFailed(run);
      if (isOver(run.status)) void this.useData(id);
    };
    this.#stop = followRun(id, take, (error) => (this.problem = error));
  }

  /** Turns to the step that a run failed at: it is what one wants to see. */
  #chooseFailed(run: Run): void {
    const failed = run.steps.findLast(({ status }) => status === 'failed' || status === 'held');
    const key = failed && this.keyOf(failed);
    if (key === undefined) return;
    this.chosen = key;
    this.turn = this.records.get(key)?.indexOf(failed as Turn) ?? 0;
  }

  /** A run of this scenario began or ended somewhere. */
  #happened(id: string): void {
    this.news += 1;
    const busy = this.running || this.past !== null || this.run?.id === id;
    const now = Date.now();
    if (!this.following || busy || now - this.#turned < atMostEach) return;
    this.#turned = now;
    void this.#turnTo(id);
  }

  /** Shows a run that began elsewhere, if it is of the text on the screen. */
  async #turnTo(id: string): Promise<void> {
    try {
      const run = await askRun(id, AbortSignal.timeout(patience));
      const text = await this.#textOf(run);
      const ours = text !== undefined && (text === this.editor.text || text === this.listening.text);
      if (!ours || this.running || this.past) return;
      const before = this.chosen;
      // What came while the page listened is what one goes on with.
      if (run.trial && text === this.listening.text) this.input = { run: id };
      this.#leave();
      this.#take(text, id, null);
      this.chosen = before;
      this.editor.run = run;
      if (isOver(run.status)) void this.useData(id);
      else this.#listen(id);
    } catch (error) {
      this.#complain(error);
    }
  }

  /** The text that ran; none where it is not kept. */
  async #textOf(run: Run): Promise<string | undefined> {
    const { version } = run;
    if (!version) return undefined;
    const known = this.#texts.get(version);
    if (known !== undefined) return known;
    const text = await versionText(run.scenario, version, AbortSignal.timeout(patience)).then(
      (answer) => answer.text,
      () => undefined,
    );
    if (text !== undefined) this.#texts.set(version, text);
    return text;
  }

  async #useLast(): Promise<void> {
    try {
      const { id } = this.editor;
      const newest = (await runs({ scenario: id }, 1, null, AbortSignal.timeout(patience))).items[0];
      if (newest && newest.created >= (this.last?.created ?? 0)) this.last = newest;
      if (!newest) return;
      const last = newest.status === 'succeeded' ? newest : (await runs({ scenario: id, status: 'succeeded' }, 1, null, AbortSignal.timeout(patience))).items[0];
      if (last && untrack(() => this.editor.scope.source) === null) await this.useData(last.id);
    } catch (error) {
      this.#complain(error);
    }
  }

  #complain(error: unknown): void {
    if (error instanceof SignedOut) session.signedOut = true;
    this.problem = error instanceof Error ? error : new Error(String(error));
  }
}

/** Where a step of the text that ran stands in a graph: under the same name, else in the same place. */
function keptKey(graph: Graph, key: string, id: string | null, module: string): [string, string][] {
  const named = id === null ? undefined : graph.all.find((step) => step.id === id);
  const there = graph.all.find((step) => step.key === key && step.module === module && step.id === id);
  const found = named ?? there;
  return found ? [[key, found.key]] : [];
}
