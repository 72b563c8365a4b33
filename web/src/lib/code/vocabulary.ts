// What can be written at a place of a scenario's text: keys of steps, modules, their parameters and choices, ids, names
// in expressions; with what is known about each.
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';

import type { Module } from '../api/editing';
import { complete } from './completion';
import type { Known } from './complete';
import { placeIn, type Place } from './place';
import { openAt } from './spans';

export interface Vocabulary {
  modules: ReadonlyMap<string, Module>;
  /** What a module is called, and what it is for, in the language in use. */
  words: (module: Module) => { title: string; summary: string };
  known: Known;
  connections: readonly string[];
}

interface Property {
  description?: string;
  enum?: unknown[];
  type?: string | string[];
}

const ofSteps: Record<string, string> = {
  id: 'The name by which later expressions read the output.',
  name: 'What people see.',
  when: 'A condition: when it is false, this one step is skipped.',
  retry: 'How often it is tried again.',
  on_error: 'What happens when it has failed for good.',
  timeout: 'How long one attempt may take.',
  note: 'A note for people.',
  disabled: 'Switched off; the step is skipped.',
};

const ofScenarios = 'name description enabled timezone trigger steps limits keep alarms on_failure tests'.split(' ');
/** Keys whose lists hold steps. */
const lists = new Set(['steps', 'otherwise', 'on_failure']);
const expressions = new Set(['when', 'filter', 'while', 'until', 'in']);

export function completions(vocabulary: () => Vocabulary) {
  return (context: CompletionContext): CompletionResult | null => {
    const known = vocabulary();
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    if (/(^|\s)#/.test(before)) return null;
    const open = openAt(before, before.length);
    if (open) return complete(open.text, context, known.known);
    const value = /^\s*(?:- )?([\w.]+):\s+(.*)$/.exec(before);
    if (value) return valuesFor(value[1] ?? '', value[2] ?? '', context, known);
    return keysFor(placeOf(context), context, known);
  };
}

function valuesFor(key: string, typed: string, context: CompletionContext, known: Vocabulary): CompletionResult | null {
  if (expressions.has(key)) return complete(typed, context, known.known);
  if (/[^\w.-]/.test(typed)) return null;
  const property = parametersOf(placeOf(context), known)?.[key];
  const labels = key === 'connection' ? known.connections : (property?.enum ?? []).map(String);
  const options = labels.map((label) => ({ label, type: 'enum' }));
  return options.length > 0 ? { from: context.pos - typed.length, options, validFor: /^[\w.-]*$/ } : null;
}

function keysFor(place: Place, context: CompletionContext, known: Vocabulary): CompletionResult | null {
  if (!/^[\w.]*$/.test(place.typed) || (place.typed === '' && !context.explicit && !place.dash)) return null;
  const options = keyOptions(place, known);
  return options.length > 0 ? { from: context.pos - place.typed.length, options, validFor: /^[\w.]*$/ } : null;
}

function keyOptions(place: Place, known: Vocabulary): Completion[] {
  const [parent] = place.around;
  if (!parent) return place.indent === 0 ? ofScenarios.map((label) => key(label, '')) : [];
  const parameters = parametersOf(place, known);
  if (parameters) return Object.entries(parameters).map(([name, { description = '' }]) => key(name, description));
  if (parent.key === 'trigger') return modulesOf(known, 'trigger');
  if (parent.item && lists.has(parent.key)) return [...modulesOf(known, 'step'), ...Object.entries(ofSteps).map(([name, about]) => key(name, about))];
  return [];
}

/** The parameters of the module whose lines the place is in. */
function parametersOf({ around }: Place, { modules }: Vocabulary): Record<string, Property> | undefined {
  const [parent] = around;
  const found = parent && modules.get(parent.key);
  return (found?.parameters as { properties?: Record<string, Property> } | undefined)?.properties;
}

function modulesOf({ modules, words }: Vocabulary, where: 'trigger' | 'step'): Completion[] {
  return [...modules.values()]
    .filter(({ kind }) => (kind === 'trigger') === (where === 'trigger'))
    .map((module) => {
      const { title, summary } = words(module);
      return { label: module.name, detail: title === module.name ? undefined : title, info: summary, apply: `${module.name}: `, type: 'type', boost: 1 };
    });
}

function key(label: string, info: string): Completion {
  return { label, info: info || undefined, apply: `${label}: `, type: 'property' };
}

function placeOf({ state, pos }: CompletionContext): Place {
  const line = state.doc.lineAt(pos);
  const above = function* () {
    for (let number = line.number - 1; number > 0; number -= 1) yield state.doc.line(number).text;
  };
  return placeIn(line.text.slice(0, pos - line.from), above());
}
