// Gives a scenario what starts it.
import type { Bench } from '../editor/bench.svelte';
import { t } from '../i18n';
import { addTrigger, setTrigger } from '../model/edits';
import { copy } from '../ui/clipboard';
import { triggerSeed } from './seed';

/** Adds a trigger; it takes the place of one that only starts by hand. A webhook's URL, at which the draft is tested, is copied at once. */
export async function start(desk: Bench, name: string): Promise<void> {
  const { editor } = desk;
  const seed = triggerSeed(name, editor.id);
  const [first, ...more] = editor.graph.triggers;
  const replaces = first?.module === 'manual' && more.length === 0 && name !== 'manual';
  const edits = replaces ? setTrigger(editor.doc, first.path, seed) : addTrigger(editor.doc, seed);
  editor.perform({ label: t.actions.addTrigger, edits });
  const added = editor.graph.triggers.at(-1);
  if (!added) return;
  desk.open(added.key);
  desk.view?.focus(added.key);
  if (name !== 'webhook') return;
  if (await copy(`${location.origin}/hook-test/${editor.id}`)) desk.said = t.canvas.urlCopied;
}
