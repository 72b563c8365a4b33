// What the fields of one step share: reading and writing the text, the names and values that expressions can use, the
// field that has the focus.
import { getContext, setContext } from 'svelte';

import type { Face } from '../code/pills';
import type { Known } from '../code/complete';
import { library } from '../data/library.svelte';
import type { Editor } from '../editor/editor.svelte';
import { t } from '../i18n';
import { language } from '../i18n';
import { signer } from '../i18n/providers.svelte';
import type { Module } from '../api/editing';
import type { Diagnostic } from '../api/types';
import { pathAt, rangeAt, valueAt, type Path } from '../model/doc';
import { chain, ensureId, removeValue, setValue } from '../model/edits';
import type { Step } from '../model/graph';
import type { TextEdit } from '../model/text';
import { unnamedOf } from '../run/given';
import { chainOf, namesFor, written, type Name } from './names';
import type { Option, Schema } from './kind';
import { sightOf } from './visible';
import { choiceFor, trailOf, wordsFor, type Vocabulary, type Words } from './words';

/** A value that can be referred to: of a name, or of a step that gets its name then. */
export interface Reference {
  name?: string;
  step?: string;
  path: (string | number)[];
  /** A finished expression, as of a function. */
  expression?: string;
}

const key = Symbol('form');

/** Where a line and a column of it are in the text. */
function offsetOf(text: string, { line, column }: Diagnostic['place']): number {
  let start = 0;
  for (let passed = 1; passed < line; passed += 1) start = text.indexOf('\n', start) + 1 || text.length;
  return Math.min(text.length, start + column - 1);
}

/** Whether its output is whatever its text makes of it, of which an example tells nothing. */
function isFree({ name, kind }: Module): boolean {
  return kind === 'flow' && name !== 'wait_for';
}

/** The names of secrets; what they hold is never known here. */
function secretsOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, '•••']));
}

export class Form {
  /** Which fields have the focus now or had it last; the drawer of data is shown for one that has. */
  active = $state(false);
  #also: TextEdit[] | undefined;

  constructor(
    readonly editor: Editor,
    readonly step: () => Step,
  ) {
    setContext(key, this);
    library.load();
  }

  static here(): Form {
    return getContext(key);
  }

  readonly names: Name[] = $derived.by(() => {
    const { editor } = this;
    const { graph, scope, pins } = editor;
    const samples = new Map([...editor.modules].flatMap(([name, module]) => (isFree(module) ? [] : [[name, module.sample]])));
    const unnamed = { ...scope.unnamed, ...unnamedOf(editor.run) };
    const values = { ...scope, loops: scope.loops ?? {}, pins, samples, unnamed };
    return namesFor(sightOf(graph, this.step()), graph.triggers, (loop) => this.#loopOf(loop), values, t.data.names);
  });

  readonly values: Record<string, unknown> = $derived(
    Object.fromEntries(this.names.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value]]))),
  );

  readonly known: Known = $derived.by(() => ({
    names: { ...this.values, secrets: secretsOf(library.secrets), run: undefined },
    labels: Object.fromEntries(this.names.flatMap(({ name, label }) => (name === undefined ? [] : [[name, label]]))),
    functions: library.functions,
  }));

  /** The module of the step, as the server describes it. */
  readonly module: Module | undefined = $derived.by(() => {
    const { kind, module } = this.step();
    const { modules } = this.editor;
    return (kind === 'trigger' ? modules.get(`trigger ${module}`) : undefined) ?? modules.get(module);
  });

  /** How the value at a path is called, and what is said about it. Reactive. */
  wordsAt(path: Path, schema: Schema): Words {
    const { trail, known } = this.#place(path);
    const [outer, name] = trail;
    if (outer === 'verify' && name !== undefined && trail.length === 2) return signer(name, schema.description ?? '');
    const words = wordsFor(trail, schema, known);
    return trail.join('.') === 'connection' && !known.connection ? { ...words, title: t.form.kinds.connection } : words;
  }

  /** The values that can be chosen at a path, with words where there are any. Reactive. */
  optionsAt(path: Path, options: readonly Option[]): Option[] {
    const { trail, known } = this.#place(path);
    return options.map((option) => ({ ...option, ...choiceFor(trail, option.value, known) }));
  }

  /** The module has words for what is its own; what holds for every step has words of the page's. */
  #place(path: Path): { trail: string[]; known: Vocabulary } {
    const { path: step, module } = this.step();
    if (path[step.length] !== module) return { trail: trailOf(path, step), known: t.form.common };
    return { trail: trailOf(path, [...step, module]), known: this.module?.i18n?.[language()]?.parameters ?? {} };
  }

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

  /** What is wrong with the value at a path or within it. */
  faultsAt(path: Path): Diagnostic[] {
    const wanted = path.join('/');
    return this.#faults.flatMap(({ at, found }) => (at === wanted || at.startsWith(`${wanted}/`) ? [found] : []));
  }

  /** What is wrong with the step as a whole: with nothing in it that has a field of its own. */
  faultsOfStep(fields: readonly string[]): Diagnostic[] {
    return this.#faults.flatMap(({ at, found }) => (fields.some((field) => at === field || at.startsWith(`${field}/`)) ? [] : [found]));
  }

  readonly #faults = $derived.by(() => {
    const { editor } = this;
    const own = editor.faults.get(this.step().key) ?? [];
    return own.map((found) => ({ at: pathAt(editor.doc, offsetOf(editor.text, found.place)).join('/'), found }));
  });

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
}
