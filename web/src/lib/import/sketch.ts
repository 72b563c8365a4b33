// The picture of a scenario that is not there yet: the same tree as on the canvas, small and without anything to press. Pure.
import { box, picture, type AnyNode } from '../canvas/picture';
import type { Graph, Step } from '../model/graph';
import { layout, type Point } from '../model/layout';

export interface Sketch {
  /** The part of the canvas that is drawn. */
  left: number;
  top: number;
  width: number;
  height: number;
  discs: { step: Step; at: Point }[];
  frames: { key: string; at: Point; width: number; height: number }[];
  lines: { key: string; from: Point; to: Point; isError: boolean }[];
}

const margin = 16;

export function sketch(graph: Graph, positions: Record<string, Point>): Sketch {
  const { nodes, edges } = picture(graph, layout(graph, positions), []);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const lines = edges.flatMap(({ id, source, target, data }) => {
    const [from, to] = [byId.get(source), byId.get(target)];
    if (!from || to?.type !== 'module') return [];
    return [{ key: id, from: exit(from), to: entry(to), isError: data?.line.branch === 'error' }];
  });
  const drawn = nodes.filter(({ type }) => type === 'module' || type === 'frame');
  const [left, top] = [Math.min(0, ...drawn.map(({ position }) => position.x)) - margin, Math.min(0, ...drawn.map(({ position }) => position.y)) - margin];
  const right = Math.max(0, ...drawn.map(({ position, width }) => position.x + (width ?? 0))) + margin;
  const bottom = Math.max(0, ...drawn.map(({ position, height }) => position.y + (height ?? 0))) + margin;
  return {
    ...{ left, top, width: right - left, height: bottom - top, lines },
    discs: nodes.flatMap((node) => (node.type === 'module' ? [{ step: node.data.step, at: middle(node) }] : [])),
    frames: nodes.flatMap(({ id, type, position, width, height }) => (type === 'frame' ? [{ key: id, at: position, width: width ?? 0, height: height ?? 0 }] : [])),
  };
}

function middle({ position }: AnyNode): Point {
  return { x: position.x + box.width / 2, y: position.y + box.radius };
}

/** Where a line leaves a disc, or what stands in a frame. */
function exit(node: AnyNode): Point {
  if (node.type === 'frame') return { x: node.position.x + (node.width ?? 0), y: node.position.y + node.data.exit };
  const { x, y } = middle(node);
  return { x: x + box.radius, y };
}

function entry(node: AnyNode): Point {
  const { x, y } = middle(node);
  return { x: x - box.radius, y };
}

/** How wide names may be, in pixels of the canvas, before they reach their neighbours. */
const widest = 176;

/** A name as far as it fits below its disc, in bold letters of 20 px: Chinese ones are square, others about half of it. */
export function fitted(name: string): string {
  const letters = [...name];
  let width = 0;
  const end = letters.findIndex((letter) => (width += /[\u1100-\uffdc]|\p{Emoji_Presentation}/u.test(letter) ? 20 : 12) > widest);
  return end < 0 ? name : `${letters.slice(0, end - 1).join('')}…`;
}
