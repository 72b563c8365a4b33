// Goes from step to step, as the arrow keys say.
import { neighbour, type Direction } from '../canvas/walk';
import type { Bench } from '../editor/bench.svelte';

export function walk(bench: Bench, direction: Direction): void {
  const [first] = bench.graph.all;
  const from = [...bench.editor.selected].at(-1);
  const next = from === undefined ? first?.key : neighbour(bench.layout.nodes, from, direction);
  if (next === undefined) return;
  bench.editor.select(next);
  bench.view?.focus(next);
}
