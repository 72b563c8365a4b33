// Which action a key means.
import { actions } from '.';
import type { Bench } from '../editor/bench.svelte';
import type { Action } from './action';
import { chordOf, writes } from './chord';

/** Keys on the canvas. */
export function byKey(event: KeyboardEvent, bench: Bench): void {
  perform(event, bench, ['canvas', 'page', 'anywhere']);
}

/** Keys that reach the page. */
export function byPageKey(event: KeyboardEvent, bench: Bench): void {
  if (isAhead(event, bench)) {
    event.preventDefault();
    bench.ahead.push(event.key);
    return;
  }
  // Where nothing has the focus, the canvas is meant.
  const nowhere = event.target === document.body;
  perform(event, bench, writes(event.target) ? ['anywhere'] : nowhere ? ['canvas', 'page', 'anywhere'] : ['page', 'anywhere']);
}

/** Whether a key is meant for the search that was asked for and is not there yet. */
function isAhead(event: KeyboardEvent, bench: Bench): boolean {
  const searches = bench.dialog !== undefined && ['add', 'commands', 'search'].includes(bench.dialog.kind);
  const plain = !event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;
  const written = event.key.length === 1 || event.key === 'Enter' || event.key === 'Backspace';
  return searches && plain && written && !document.querySelector('dialog[open]');
}

function perform(event: KeyboardEvent, bench: Bench, where: Action['where'][]): void {
  // A key that picks a sign of Chinese or Japanese means that sign.
  if (event.isComposing || event.defaultPrevented || bench.dialog || event.keyCode === 229) return;
  if (writes(event.target) && where.includes('canvas')) return;
  const chord = chordOf(event);
  const found = actions.find((action) => !action.native && where.includes(action.where) && action.keys.includes(chord));
  if (!found) return;
  event.preventDefault();
  if (found.when(bench)) found.perform(bench);
}

/** The action's name with its key. */
export function shown(action: Action): string {
  const key = keyOf(action);
  return key === '' ? action.label() : `${action.label()} (${key})`;
}

const names: Record<string, string> = { ctrl: 'Ctrl', shift: 'Shift', alt: 'Alt', enter: 'Enter', delete: 'Del', arrowleft: '←', arrowright: '→', arrowup: '↑', arrowdown: '↓' };

/** The key as people write it. */
export function keyOf(action: Action): string {
  const [first] = action.keys;
  if (first === undefined) return '';
  if (first.length === 1) return first.toUpperCase();
  return first.split('+').map((part) => names[part] ?? part.toUpperCase()).join('+');
}
