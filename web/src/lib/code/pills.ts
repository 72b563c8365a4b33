// Expressions in a text as pills: one thing that the caret steps over and Backspace takes away whole. A pill that was
// clicked shows its expression until the caret leaves it.
import { RangeSet, StateEffect, StateField, type EditorState, type Extension, type Range } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view';

import { spans, type Span } from './spans';

/** How a pill reads. */
export interface Face {
  parts: string[];
  /** What is known about it: its value, or where it comes from. */
  title: string;
  tone: 'value' | 'formula' | 'secret' | 'unknown';
}

export type FaceOf = (expression: string) => Face;
export type PillMode = 'template' | 'operand';

class Pill extends WidgetType {
  constructor(
    readonly face: Face,
    readonly from: number,
  ) {
    super();
  }

  override eq(other: Pill): boolean {
    const { face } = other;
    return face.tone === this.face.tone && face.title === this.face.title && face.parts.join('\0') === this.face.parts.join('\0');
  }

  override toDOM(view: EditorView): HTMLElement {
    const pill = document.createElement('span');
    pill.className = `cm-pill cm-pill-${this.face.tone}`;
    pill.title = this.face.title;
    this.face.parts.forEach((part, index) => {
      if (index > 0) pill.append(Object.assign(document.createElement('span'), { className: 'cm-pill-in', textContent: ' › ' }));
      pill.append(part);
    });
    pill.addEventListener('mousedown', (event) => {
      event.preventDefault();
      if (view.state.readOnly) return;
      const from = view.posAtDOM(pill);
      view.focus();
      view.dispatch({ selection: { anchor: Math.min(from + 3, view.state.doc.length - 1) }, scrollIntoView: true });
    });
    return pill;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

const focusChanged = StateEffect.define<boolean>();

/** Whether somebody is in the field. */
const focus = StateField.define<boolean>({
  create: () => false,
  // Of the focus one is told a moment later; who types has it.
  update: (before, transaction) => transaction.effects.find((effect) => effect.is(focusChanged))?.value ?? (before || transaction.isUserEvent('input.type')),
  provide: () => EditorView.focusChangeEffect.of((_, focused) => focusChanged.of(focused)),
});

/** What pills stand for: expressions in braces, or the whole text where it is an operand that is no formula. */
function pillsOf(text: string, mode: PillMode, faceOf: FaceOf): Span[] {
  if (mode === 'template') return spans(text);
  const inner = text.trim();
  return inner === '' || faceOf(inner).tone === 'formula' ? [] : [{ from: 0, to: text.length, inner }];
}

function decorate(state: EditorState, mode: PillMode, faceOf: FaceOf): DecorationSet {
  const { main } = state.selection;
  const focused = state.field(focus, false) ?? false;
  const marks: Range<Decoration>[] = [];
  for (const { from, to, inner } of pillsOf(state.doc.toString(), mode, faceOf)) {
    const opened = focused && main.empty && (mode === 'operand' || (main.head > from && main.head < to));
    if (!opened && inner !== '') marks.push(Decoration.replace({ widget: new Pill(faceOf(inner), from) }).range(from, to));
  }
  return Decoration.set(marks);
}

export function pills(mode: PillMode, faceOf: FaceOf): Extension {
  const field = StateField.define<DecorationSet>({
    create: (state) => decorate(state, mode, faceOf),
    update: (_, transaction) => decorate(transaction.state, mode, faceOf),
    provide: (field) => [
      EditorView.decorations.from(field),
      EditorView.atomicRanges.of((view) => view.state.field(field, false) ?? RangeSet.empty),
    ],
  });
  return [focus, field, look];
}

const look = EditorView.theme({
  '.cm-pill': {
    display: 'inline-block',
    maxWidth: '100%',
    padding: '0 8px',
    margin: '0 1px',
    borderRadius: '999px',
    backgroundColor: 'var(--accent-tint)',
    boxShadow: 'inset 0 0 0 1px color-mix(in srgb, var(--accent) 40%, transparent)',
    color: 'var(--accent)',
    font: '600 12px/20px var(--font)',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    verticalAlign: 'bottom',
    cursor: 'pointer',
  },
  '.cm-pill-in': { fontWeight: '400' },
  '.cm-pill-formula': { fontFamily: 'var(--font-code)', fontWeight: '400' },
  '.cm-pill-secret': { backgroundColor: 'var(--quiet-tint)', color: 'var(--ink-2)' },
  '.cm-pill-unknown': {
    backgroundColor: 'var(--error-tint)',
    boxShadow: 'inset 0 0 0 1px var(--error)',
    color: 'var(--error)',
  },
});
