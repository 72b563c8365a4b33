// What the fields of one step share: reading and writing the text, the names and values that expressions can use, the
// field that has the focus.
import { getContext, setContext } from 'svelte';

import { functions as loadFunctions, type LibraryFunction } from '../api/library';
import type { Face } from '../code/pills';
import type { Known } from '../code/complete';
import type { Editor } from '../editor/editor.svelte';
import { t } from '../i18n';
import { rangeAt, valueAt, type Path } from '../model/doc';
import { chain, ensureId, removeValue, setValue } from '../model/edits';
import type { Step } from '../model/graph';
import type { TextEdit } from '../model/text';
import { chainOf, namesFor, written, type Name } from './names';
import { sightOf } from './visible';

/** A value that can be referred to: of a name, or of a step that gets its name then. */
export interface Reference {
  name?: string;
  step?: string;
  path: (string | number)[];
  /** A finished expression, as of a function. */
  expression?: string;
}

const library = $state<{ items: LibraryFunction[]; asked: boolean }>({ items: [], asked: false });
const key = Symbol('form');

export class Form {
  /** Which fields have the focus now or had it last; the drawer of data is shown for one that has. */
  active = $state(false);
  #also: TextEdit[] | undefined;

  constructor(
    readonly editor: Editor,
    readonly step: () => Step,
  ) {
    setContext(key, this);
    void this.#load();
  }

  static here(): Form {
    return getContext(key);
  }

  get functions(): readonly LibraryFunction[] {
    return library.items;
  }

  readonly names: Name[] = $derived.by(() => {
    const { editor } = this;
    const { graph, scope, pins } = editor;
    const samples = new Map([...editor.modules].map(([name, module]) => [name, module.sample]));
    const unnamed = Object.fromEntries((editor.run?.steps ?? []).flatMap(({ id, label, output }) => (id || output === undefined ? [] : [[label, output]])));
    const values = { ...scope, loops: scope.loops ?? {}, pins, samples, unnamed };
    return namesFor(sightOf(graph, this.step()), graph.triggers, (loop) => this.#loopOf(loop), values, t.data.names);
  });

  readonly values: Record<string, unknown> = $derived(
    Object.fromEntries(this.names.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value]]))),
  );

  readonly known: Known = $derived.by(() => ({
    names: { ...this.values, secrets: undefined, vars: this.values.vars, run: undefined },
    labels: Object.fromEntries(this.names.flatMap(({ name, label }) => (name === undefined ? [] : [[name, label]]))),
    functions: library.items,
  }));

  read(path: Path): unknown {
    return valueAt(this.editor.doc, path);
  }

  /** The text of a value as it is written. */
  source(path: Path): string {
    const range = rangeAt(this.editor.doc, path);
    return range ? this.editor.text.slice(...range) : '';
  }

  /** Writes a value; `undefined` takes it out. What is typed in a row in one place is one step of undo. */
  write(path: Path, value: unknown, how: 'typed' | 'chosen' = 'chosen'): void {
    const { editor } = this;
    const also = this.#also;
    const change = (doc: Editor['doc']) => (value === undefined ? removeValue(doc, path) : setValue(doc, path, value));
    const edits = also ? chain(editor.doc, () => also, change) : change(editor.doc);
    this.perform(edits, also || how === 'chosen' ? undefined : path.join('/'));
  }

  perform(edits: TextEdit[], join?: string): void {
    if (edits.length === 0) return;
    this.editor.perform({ label: t.form.changed(this.step().label), edits, join });
  }

  /** Has what is written within also do these edits, as one act. */
  along(also: TextEdit[] | undefined, write: () => void): void {
    this.#also = also && also.length > 0 ? also : undefined;
    try {
      write();
    } finally {
      this.#also = undefined;
    }
  }

  /** Refers to a value in the field that has the focus, or had it last. */
  refer({ name, step, path, expression }: Reference): void {
    const { editor } = this;
    const { target } = editor;
    if (!target) return;
    if (expression !== undefined) return target.insert(expression);
    const owner = step === undefined ? undefined : editor.stepOf(step);
    const given = name === undefined && owner ? ensureId(editor.doc, owner.path) : { id: name ?? '', edits: [] };
    target.insert(given.id + written(path), given.edits);
  }

  /** How an expression reads as a pill. */
  readonly faceOf = (expression: string): Face => {
    const parts = chainOf(expression);
    if (!parts) return { parts: [expression], title: expression, tone: 'formula' };
    const [first = '', ...rest] = parts;
    if (first === 'secrets') return { parts: [t.data.secret, ...rest], title: expression, tone: 'secret' };
    const found = this.names.find(({ name }) => name === first);
    const known = found !== undefined || first in this.known.names || ['env', 'resume', 'item', 'index'].includes(first);
    return { parts: [found?.label ?? first, ...rest], title: expression, tone: known ? 'value' : 'unknown' };
  };

  #loopOf(loop: Step): { as: string; in: string } {
    const value = valueAt(this.editor.doc, [...loop.path, 'for_each']);
    const { as, in: list } = (typeof value === 'object' && value !== null ? value : {}) as { as?: unknown; in?: unknown };
    const bare = typeof list === 'string' ? list.replace(/^\s*\{\{|\}\}\s*$/g, '').trim() : '';
    return { as: typeof as === 'string' ? as : 'item', in: bare };
  }

  async #load(): Promise<void> {
    if (library.asked) return;
    library.asked = true;
    try {
      library.items = await loadFunctions(AbortSignal.timeout(20_000));
    } catch {
      library.asked = false;
    }
  }
}
