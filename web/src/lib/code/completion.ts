// Completion in expressions, as the code views want it.
import { autocompletion, completeFromList, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';

import { suggest, type Known, type Suggestion } from './complete';
import { openAt } from './spans';

const types = { name: 'variable', property: 'property', function: 'function' } as const;
const ranks = { property: 2, name: 1, function: 0 } as const;

/** How a suggestion looks in the list. */
export function entry({ label, kind, detail, info, apply }: Suggestion): Completion {
  return { label, type: types[kind], detail, info, apply, boost: ranks[kind] };
}

const keywords = completeFromList(['let', 'for', 'in', 'if', 'else', 'while', 'return', 'fn'].map((label) => ({ label, type: 'keyword' })));

export function completionsFor(mode: 'template' | 'expression' | 'operand' | 'rhai', known: () => Known): Extension {
  const source = (context: CompletionContext): CompletionResult | null => {
    const text = context.state.doc.toString();
    const before = mode === 'template' ? openAt(text, context.pos)?.text : text.slice(0, context.pos);
    return before === undefined ? null : complete(before, context, known());
  };
  return autocompletion({ override: mode === 'rhai' ? [source, keywords] : [source], icons: false, activateOnTypingDelay: 50 });
}

/** What can stand behind the beginning of an expression. */
export function complete(before: string, context: CompletionContext, known: Known): CompletionResult | null {
  const { typed, items } = suggest(before, known);
  const dot = before.endsWith('.');
  if (typed === 0 && !dot && !context.explicit && before.trim() !== '') return null;
  if (/\d\.$/.test(before) || items.length === 0) return null;
  return { from: context.pos - typed, options: items.map(entry), validFor: /^[\p{L}\p{N}_]*$/u };
}
