// The scenario's text as code: a projection of the editor's text without a history of its own. What is typed is told as
// edits; what changed elsewhere is taken over where it changed.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { lintGutter, setDiagnostics, type Diagnostic as Mark } from '@codemirror/lint';
import { Annotation, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';

import type { Diagnostic } from '../api/types';
import { difference, type TextEdit } from '../model/text';
import { allowStyles } from './styles';
import { theme } from './theme';
import { completions, type Vocabulary } from './vocabulary';

export interface YamlOptions {
  parent: HTMLElement;
  text: string;
  label: string;
  /** The editor's own words, by the English ones. */
  phrases: Record<string, string>;
  vocabulary: () => Vocabulary;
  changed: (edits: TextEdit[]) => void;
  /** Where the caret went, by a person's hand. */
  moved: (offset: number) => void;
  undo: () => void;
  redo: () => void;
}

const fromOutside = Annotation.define<boolean>();

export class Yaml {
  readonly #view: EditorView;
  readonly #options: YamlOptions;
  /** The text that the editor has. */
  #told: string;

  constructor(options: YamlOptions) {
    allowStyles();
    this.#options = options;
    this.#told = options.text;
    this.#view = new EditorView({
      parent: options.parent,
      state: EditorState.create({ doc: options.text, extensions: this.#extensions() }),
    });
    this.#view.scrollDOM.tabIndex = 0;
  }

  /** Takes over a text that was changed elsewhere. */
  take(text: string): void {
    this.#told = text;
    if (this.#view.composing) return;
    const changes = difference(this.#text(), text);
    if (changes.length > 0) this.#view.dispatch({ changes, annotations: fromOutside.of(true) });
  }

  mark(diagnostics: readonly Diagnostic[]): void {
    const { doc } = this.#view.state;
    const marks = diagnostics.map(({ place, severity, message, hint }): Mark => {
      const line = doc.line(Math.min(Math.max(1, place.line), doc.lines));
      const from = Math.min(line.to, line.from + place.column - 1);
      const word = /^[^\s,\]}]+/.exec(line.text.slice(from - line.from))?.[0].length ?? 0;
      return { from, to: from + word, severity, message: hint ? `${message}\n${hint}` : message };
    });
    this.#view.dispatch(setDiagnostics(this.#view.state, marks));
  }

  /** Brings a place into view, with the caret there. */
  show(offset: number): void {
    const anchor = Math.min(offset, this.#view.state.doc.length);
    this.#view.dispatch({
      selection: { anchor },
      effects: EditorView.scrollIntoView(anchor, { y: 'start', yMargin: 48 }),
      annotations: fromOutside.of(true),
    });
  }

  get hasFocus(): boolean {
    return this.#view.hasFocus;
  }

  focus(): void {
    this.#view.focus();
  }

  destroy(): void {
    this.#tell();
    this.#view.destroy();
  }

  #text(): string {
    return this.#view.state.doc.toString();
  }

  #tell(): void {
    const text = this.#text();
    if (text === this.#told) return;
    const edits = difference(this.#told, text);
    this.#told = text;
    this.#options.changed(edits);
  }

  #extensions(): Extension[] {
    const { undo, redo, label, phrases, vocabulary } = this.#options;
    const act = (perform: () => void) => () => (perform(), true);
    return [
      lineNumbers(),
      lintGutter(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      codeFolding(),
      foldGutter(),
      drawSelection(),
      indentOnInput(),
      indentUnit.of('  '),
      bracketMatching(),
      closeBrackets(),
      EditorView.lineWrapping,
      EditorState.lineSeparator.of(this.#told.includes('\r\n') ? '\r\n' : '\n'),
      EditorState.phrases.of(phrases),
      yaml(),
      theme,
      autocompletion({ override: [completions(vocabulary)], icons: false }),
      EditorView.contentAttributes.of({ 'aria-label': label }),
      keymap.of([
        { key: 'Mod-z', run: act(undo), preventDefault: true },
        { key: 'Mod-y', run: act(redo), preventDefault: true },
        { key: 'Mod-Shift-z', run: act(redo), preventDefault: true },
        ...closeBracketsKeymap,
        ...completionKeymap,
        ...foldKeymap,
        ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'),
      ]),
      EditorView.domEventHandlers({ compositionend: () => queueMicrotask(() => this.#tell()) }),
      EditorView.updateListener.of(({ docChanged, selectionSet, transactions, view }) => {
        if (transactions.some((one) => one.annotation(fromOutside))) return;
        if (docChanged && !view.composing) this.#tell();
        if (selectionSet && view.hasFocus) this.#options.moved(view.state.selection.main.head);
      }),
    ];
  }
}
