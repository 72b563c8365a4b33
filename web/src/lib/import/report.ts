// What an import came to, in order: what needs somebody first. Pure.
import type { Imported, Item, ItemState, Question } from '../api/import';
import type { Tone } from '../ui/Badge.svelte';

/** From what needs most to what needs nothing. */
export const states: readonly ItemState[] = ['not_executable', 'needs_decision', 'needs_connection', 'runs'];

export const tones: Record<ItemState, Tone> = { not_executable: 'error', needs_decision: 'wait', needs_connection: 'warn', runs: 'ok' };

/** The modules by what became of them, in the order of the file. */
export function grouped(items: readonly Item[]): { state: ItemState; items: Item[] }[] {
  const groups = states.map((state) => ({ state, items: items.filter((item) => item.state === state) }));
  return groups.filter((group) => group.items.length > 0);
}

/** What became of the module that a step was made of, by the step's id: where several became one step, what needs most. */
export function statesOf(items: readonly Item[]): Map<string, ItemState> {
  const found = new Map<string, ItemState>();
  for (const { step, state } of items) {
    if (step === null) continue;
    const known = found.get(step);
    if (known === undefined || states.indexOf(state) < states.indexOf(known)) found.set(step, state);
  }
  return found;
}

/** Tells questions apart: accounts of different apps may be called the same in different files. */
export function keyOf({ name, types }: Pick<Question, 'name' | 'types'>): string {
  return [name, ...types].join(' ');
}

/** The accounts that all of these ask for, each once. */
export function questionsOf(scenarios: readonly Imported[]): Question[] {
  const questions = new Map<string, Question>();
  for (const question of scenarios.flatMap(({ report }) => report.connections)) {
    const known = questions.get(keyOf(question));
    const steps = [...new Set([...(known?.steps ?? []), ...question.steps])];
    questions.set(keyOf(question), { ...question, was: known?.was ?? question.was, steps });
  }
  return [...questions.values()];
}
