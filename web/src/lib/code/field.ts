// A field whose text may hold expressions: one line or several, with pills and completion. It has no history of its
// own: undo is the editor's. What is being composed (IME) is told when it is done.
import { acceptCompletion, closeBrackets } from '@codemirror/autocomplete';
import { defaultKeymap, insertNewline } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { Annotation, Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView, dropCursor, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { json } from '@codemirror/lang-json';

import { difference } from '../model/text';
import { braces } from './braces';
import { completionsFor } from './completion';
import type { Known } from './complete';
import { dragged } from './drag';
import { pills, type FaceOf } from './pills';
import { rhai } from './rhai';
import { openAt } from './spans';
import { allowStyles } from './styles';
import { theme } from './theme';

/**
 * `template`: text with `{{ … }}` in it; `expression`: what would stand between the braces; `operand`: an expression
 * that is a pill where it is a chain of names.
 */
export type Mode = 'template' | 'expression' | 'operand' | 'rhai' | 'json' | 'plain';

export interface FieldOptions {
  parent: HTMLElement;
  text: string;
  mode: Mode;
  lines: 'one' | 'many';
  known: () => Known;
  faceOf: FaceOf;
  changed: (text: string) => void;
  focused: () => void;
  left: () => void;
  /** Something from the data panel was dropped here. */
  dropped: (data: string) => void;
  undo: () => void;
  redo: () => void;
}

const fromOutside = Annotation.define<boolean>();

export class FieldView {
  readonly #view: EditorView;
  readonly #attributes = new Compartment();
  readonly #look = new Compartment();
  readonly #options: FieldOptions;
  #told: string;

  constructor(options: FieldOptions) {
    allowStyles();
    this.#options = options;
    this.#told = options.text;
    this.#view = new EditorView({
      parent: options.parent,
      state: EditorState.create({ doc: options.text, extensions: this.#extensions() }),
    });
    this.#view.scrollDOM.tabIndex = -1;
  }

  /** How the field is called, and what it says about itself. */
  describe(attributes: Record<string, string>, hint: string): void {
    const extensions = [EditorView.contentAttributes.of(attributes), hint === '' ? [] : placeholder(hint)];
    this.#view.dispatch({ effects: this.#attributes.reconfigure(extensions) });
  }

  /** Shows pills, or the text as it is written. */
  show(how: 'pills' | 'source'): void {
    this.#view.dispatch({ effects: this.#look.reconfigure(how === 'pills' ? this.#pills() : []) });
  }

  /** Takes over a text that was changed elsewhere, unless it is being typed right now. */
  take(text: string): void {
    this.#told = text;
    if (this.#view.composing) return;
    const changes = difference(this.#view.state.doc.toString(), text);
    if (changes.length > 0) this.#view.dispatch({ changes, annotations: fromOutside.of(true) });
  }

  /** Puts an expression where the caret is. */
  insert(expression: string): void {
    const { state } = this.#view;
    const { from, to } = state.selection.main;
    const within = this.#options.mode !== 'template' || openAt(state.doc.toString(), from) !== undefined;
    const insert = within ? expression : `{{ ${expression} }}`;
    this.#view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: 'input.drop' });
  }

  focus(): void {
    this.#view.focus();
  }

  destroy(): void {
    this.#tell();
    this.#view.destroy();
  }

  #pills(): Extension {
    const { mode, faceOf } = this.#options;
    return mode === 'template' || mode === 'operand' ? pills(mode, faceOf) : [];
  }

  #tell(): void {
    const text = this.#view.state.doc.toString();
    if (text === this.#told) return;
    this.#told = text;
    this.#options.changed(text);
  }

  #extensions(): Extension[] {
    const { mode, lines, known, focused, left } = this.#options;
    const many = lines === 'many';
    return [
      this.#attributes.of([]),
      this.#look.of(this.#pills()),
      theme,
      mode === 'rhai' || mode === 'expression' || mode === 'operand' ? rhai : mode === 'json' ? json() : [],
      mode === 'rhai' || mode === 'json' ? [lineNumbers(), bracketMatching(), closeBrackets()] : [],
      many ? EditorView.lineWrapping : oneLine,
      mode === 'template' ? braces : [],
      mode === 'json' || mode === 'plain' ? [] : completionsFor(mode, known),
      dropCursor(),
      keymap.of([...this.#keys(), ...defaultKeymap.filter((binding) => binding.key !== 'Mod-Enter' && binding.key !== 'Mod-/')]),
      EditorView.domEventHandlers({
        focus: () => focused(),
        blur: () => left(),
        compositionend: () => queueMicrotask(() => this.#tell()),
        dragover: (event) => (event.dataTransfer?.types.includes(dragged) ? event.preventDefault() : undefined),
        drop: (event) => this.#drop(event),
      }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged || update.transactions.some((one) => one.annotation(fromOutside))) return;
        if (!update.view.composing) this.#tell();
      }),
    ];
  }

  #keys() {
    const { undo, redo, lines } = this.#options;
    const act = (perform: () => void) => () => (perform(), true);
    return [
      { key: 'Tab', run: acceptCompletion },
      { key: 'Mod-z', run: act(undo), preventDefault: true },
      { key: 'Mod-y', run: act(redo), preventDefault: true },
      { key: 'Mod-Shift-z', run: act(redo), preventDefault: true },
      ...(lines === 'many' ? [{ key: 'Enter', run: insertNewline }] : []),
    ];
  }

  #drop(event: DragEvent): boolean {
    const data = event.dataTransfer?.getData(dragged);
    if (!data) return false;
    event.preventDefault();
    const at = this.#view.posAtCoords({ x: event.clientX, y: event.clientY }) ?? this.#view.state.doc.length;
    this.#view.dispatch({ selection: { anchor: at } });
    this.#view.focus();
    this.#options.dropped(data);
    return true;
  }
}

/** Line breaks become blanks: what is pasted stays one line. */
const oneLine = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || transaction.newDoc.lines === 1) return transaction;
  if (transaction.annotation(fromOutside)) return transaction;
  const text = transaction.newDoc.toString().trimEnd().replace(/\s*\r?\n\s*/g, ' ');
  const before = transaction.startState.doc;
  return { changes: { from: 0, to: before.length, insert: text }, selection: { anchor: text.length } };
});
