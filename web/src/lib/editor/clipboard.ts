// Steps on the clipboard are YAML: what is copied here can be pasted into any text, and the other way round.
import { t } from '../i18n';
import { copySteps, pasteSteps, removeSteps } from '../model/edits';
import type { Bench } from './bench.svelte';

/** Answers the browser's own copy and cut, when they happen on the canvas. */
export function copied(bench: Bench, event: ClipboardEvent): void {
  const paths = bench.chosen.filter((step) => step.kind !== 'trigger').map(({ path }) => path);
  if (paths.length === 0) return;
  event.preventDefault();
  event.clipboardData?.setData('text/plain', copySteps(bench.editor.doc, paths));
  bench.said = t.canvas.copied(paths.length);
  if (event.type !== 'cut' || !bench.free) return;
  bench.editor.perform({ label: t.actions.cut, edits: removeSteps(bench.editor.doc, paths) });
}

/** Puts steps in after the selection. Tells whether there were any. */
export function pasted(bench: Bench, yaml: string): boolean {
  if (!bench.free) return false;
  const at = bench.next;
  const edits = pasteSteps(bench.editor.doc, at, yaml);
  if (edits.length === 0) {
    bench.said = t.canvas.noSteps;
    return false;
  }
  bench.editor.perform({ label: t.actions.paste, edits, select: [...at.list, at.index].join('/') });
  return true;
}
