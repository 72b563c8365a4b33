// Where a step that is dragged would go when it is let go: onto a line, or to the end of a list.
import type { Bench } from '../editor/bench.svelte';
import { moveStep } from '../model/edits';
import { startsWith } from '../model/edits/steps';
import type { Step } from '../model/graph';
import type { Layout, Line } from '../model/layout';
import { t } from '../i18n';
import { box, endSize, type AnyNode, type LineEdge, type ModuleNode } from './picture';

/** How near the middle of the disc must come to the middle of a line, in pixels of the canvas. */
const near = 48;

/** The line or the end that a step is over. */
export function dropAt(node: ModuleNode, edges: readonly LineEdge[], nodes: readonly AnyNode[], layout: Layout): string | undefined {
  const x = node.position.x + box.width / 2;
  const y = node.position.y + box.radius;
  const close = (px: number, py: number) => Math.hypot(px - x, py - y) < near;
  const fits = (at: Line['at']) => !startsWith(at.list, node.data.step.path);
  for (const edge of edges) {
    const line = edge.data?.line;
    if (!line || line.to === null || line.from === node.id || line.to === node.id || !fits(line.at)) continue;
    const [start, end] = [line.from === null ? line.start : (layout.nodes.get(line.from) ?? line.start), layout.nodes.get(line.to) ?? line.end];
    if (close((start.x + end.x) / 2, (start.y + end.y) / 2)) return edge.id;
  }
  const end = nodes.find((other) => other.type === 'end' && fits(other.data.at) && close(other.position.x + endSize / 2, other.position.y + endSize / 2));
  return end?.id;
}

/** Moves the step there. Tells whether that is another place. */
export function dropped(desk: Bench, step: Step, at: string, edges: readonly LineEdge[], nodes: readonly AnyNode[]): boolean {
  const line = edges.find(({ id }) => id === at)?.data?.line;
  const end = nodes.find(({ id }) => id === at);
  const place = line?.at ?? (end?.type === 'end' ? end.data.at : undefined);
  if (!place) return false;
  const edits = moveStep(desk.editor.doc, step.path, place);
  if (edits.length === 0) return false;
  desk.editor.perform({ label: t.actions.move, edits });
  return true;
}
