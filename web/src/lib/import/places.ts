// Where the steps of an imported scenario stand: as they stood, if all of them are known and none covers another. Else the
// tree of the editor is better, as half of a picture is none. Pure.
import type { Graph } from '../model/graph';
import { ACROSS, placeKey, type Point } from '../model/layout';

/** How near two discs may stand, with their names below them. */
const near = { x: 150, y: 110 };

/** The places by the keys under which the canvas looks for them. The first step comes to stand behind what starts the scenario. */
export function placed(graph: Graph, positions: readonly { step: string; x: number; y: number }[]): Record<string, Point> {
  const known = new Map(positions.map(({ step, x, y }) => [step, { x, y }]));
  const steps = graph.all.filter(({ kind }) => kind !== 'trigger');
  const found = steps.flatMap((step) => {
    const at = known.get(step.id ?? step.key);
    return at ? [{ key: placeKey(step), ...at }] : [];
  });
  const [first] = found;
  if (!first || found.length < steps.length || found.some((one, index) => found.slice(0, index).some((other) => covers(one, other)))) return {};
  const start = graph.triggers.length > 0 ? ACROSS : 0;
  return Object.fromEntries(found.map(({ key, x, y }) => [key, { x: Math.round(x - first.x + start), y: Math.round(y - first.y) }]));
}

function covers(one: Point, other: Point): boolean {
  return Math.abs(one.x - other.x) < near.x && Math.abs(one.y - other.y) < near.y;
}
