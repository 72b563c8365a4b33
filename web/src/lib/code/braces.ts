// Braces that close by themselves: the second one that is typed opens an expression and closes it too. Who types the
// closing ones as well, and the blanks, gets what he typed, not twice of it.
import { completionStatus, startCompletion } from '@codemirror/autocomplete';
import { StateEffect, StateField } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

import { openAt } from './spans';

/** Where the caret went past both closing braces when the first was typed: the second is still to come. */
const passed = StateEffect.define<number>();
const awaited = StateField.define<number>({
  create: () => -1,
  update(at, transaction) {
    for (const effect of transaction.effects) if (effect.is(passed)) return effect.value;
    return transaction.docChanged || transaction.selection ? -1 : at;
  },
});

const typed = EditorView.inputHandler.of((view, from, to, text) => {
  if (view.composing || from !== to) return false;
  if (text === '{') return opens(view, from);
  if (text === '}') return closes(view, from);
  return text === ' ' && isBlank(view.state.doc.toString(), from) && again(view, from);
});

function opens(view: EditorView, at: number): boolean {
  const { doc } = view.state;
  if (doc.sliceString(at - 1, at) !== '{' || doc.sliceString(at - 2, at - 1) === '\\') return false;
  if (openAt(doc.toString(), at - 1)) return false;
  view.dispatch({ changes: { from: at, insert: '{  }}' }, selection: { anchor: at + 2 }, userEvent: 'input.type' });
  if (completionStatus(view.state) === null) startCompletion(view);
  return true;
}

function closes(view: EditorView, at: number): boolean {
  const { state } = view;
  if (state.field(awaited) === at) {
    return again(view, at);
  }
  const past = pastClosing(state.doc.toString(), at);
  if (!past) return false;
  view.dispatch({ changes: { from: at, to: past.from }, selection: { anchor: past.caret }, effects: passed.of(past.caret) });
  return true;
}

/** Writes what stands before the caret over itself: what the browser put there for the key is taken back. */
function again(view: EditorView, at: number): boolean {
  const insert = view.state.doc.sliceString(at - 1, at);
  view.dispatch({ changes: { from: at - 1, to: at, insert }, selection: { anchor: at }, effects: passed.of(-1) });
  return true;
}

/** Where the caret goes when a brace is typed that is there already, and up to where a blank is one too many. */
export function pastClosing(text: string, at: number): { from: number; caret: number } | undefined {
  const ahead = /^( ?)\}\}/.exec(text.slice(at));
  const within = ahead && openAt(text, at);
  if (!within || depthOf(within.text) > 0) return undefined;
  const twice = ahead[1] === ' ' && text[at - 1] === ' ' ? 1 : 0;
  return { from: at + twice, caret: at + ahead[0].length - twice };
}

/** Whether a blank was put here already, between braces that hold nothing else. */
export function isBlank(text: string, at: number): boolean {
  return text.slice(0, at).endsWith('{{ ') && text.slice(at).startsWith(' }}');
}

/** How many braces are open, those within texts not counted. */
function depthOf(expression: string): number {
  const bare = expression.replace(/"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`/g, '');
  return bare.split('{').length - bare.split('}').length;
}

export const braces = [awaited, typed];
