// What the canvas draws of a graph: discs, the frames round what belongs together, lines, and places to add to. What did
// not change stays the same object, so that nothing is drawn anew for it. Pure.
import type { Edge, Node } from '@xyflow/svelte';

import type { Branch, Graph, Step } from '../model/graph';
import { keyOfPath } from '../model/graph';
import type { Layout, Line, Point } from '../model/layout';

/** The box of a disc with its name; its point is the middle of the disc. */
export const box = { width: 168, height: 124, radius: 32 };
/** The button at the end of a list. */
export const endSize = 32;
const endGap = 64;
/** The canvas calls its parts `node` and `edge` by itself, in English; what they are is said within them and in the outline. */
const untold = { 'aria-roledescription': undefined };
const silent = { ...untold, 'aria-hidden': true } as const;
const padding = { side: 56, top: 56, bottom: 76 };

export type ModuleNode = Node<{ step: Step }, 'module'>;
export type FrameNode = Node<{ kind: Branch['kind'] | 'failure'; exit: number }, 'frame'>;
export type EndNode = Node<{ at: Line['at']; lone: boolean }, 'end'>;
export type NoteNode = Node<{ index: number; text: string }, 'note'>;
export type AnyNode = ModuleNode | FrameNode | EndNode | NoteNode;
export type LineEdge = Edge<{ line: Line; target: Step | null; gap: boolean }, 'line'>;

export interface Picture {
  nodes: AnyNode[];
  edges: LineEdge[];
}

export interface Note extends Point {
  text: string;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export function picture(graph: Graph, layout: Layout, notes: readonly Note[], before?: Picture): Picture {
  const steps = new Map(graph.all.map((step) => [step.key, step]));
  const ends = new Map<string, Point>();
  for (const line of layout.lines) if (line.to === null) ends.set(keyOfPath(line.at.list), endOf(line));
  const drawing = new Drawing(steps, layout, ends);
  const nodes = [
    ...drawing.frames(graph),
    ...graph.all.flatMap((step) => drawing.disc(step)),
    ...(graph.all.length > 0 ? drawing.ends(graph) : []),
    ...notes.map((note, index) => noteNode(note, index)),
  ];
  const edges = graph.all.length > 0 ? layout.lines.map((line) => drawing.edge(line)) : [];
  return { nodes: reuse(nodes, before?.nodes), edges: reuse(edges, before?.edges) };
}

/** Where the button stands that adds to the end of a list: close by what it follows. */
function endOf(line: Line): Point {
  if (line.from === null) return { x: line.end.x, y: line.end.y };
  const length = line.kind === 'end' ? box.radius + endGap : 0;
  return length > 0 ? { x: line.start.x + length, y: line.start.y } : line.end;
}

class Drawing {
  readonly boxes = new Map<string, Box>();

  constructor(
    readonly steps: Map<string, Step>,
    readonly layout: Layout,
    readonly endPlaces: Map<string, Point>,
  ) {}

  disc(step: Step): ModuleNode[] {
    const at = this.layout.nodes.get(step.key);
    if (!at) return [];
    const position = { x: at.x - box.width / 2, y: at.y - box.radius };
    return [{ id: step.key, type: 'module', position, width: box.width, height: box.height, data: { step }, domAttributes: untold, draggable: step.kind !== 'trigger' && !step.readOnly, zIndex: 2 }];
  }

  /** Outermost first, so that inner ones are drawn upon them. */
  frames(graph: Graph): FrameNode[] {
    const found: FrameNode[] = [];
    for (const step of graph.all) {
      if (!isBlock(step)) continue;
      const around = this.around(step);
      const at = this.layout.nodes.get(step.key);
      const kind = step.branches[0]?.kind ?? 'loop';
      if (around && at) found.push(frameNode(`frame:${step.key}`, kind, around, at.y));
    }
    const failure = graph.failure.map((step) => this.span(step)).reduce(join, null);
    if (failure) found.push(frameNode('frame:on_failure', 'failure', failure, (failure.top + failure.bottom) / 2));
    return found;
  }

  /** What the branches of a step cover, but for its handler of errors. */
  around(step: Step): Box | null {
    const known = this.boxes.get(step.key);
    if (known) return known;
    let whole: Box | null = null;
    for (const branch of step.branches) if (branch.kind !== 'error') whole = join(whole, this.cover(branch));
    if (whole) this.boxes.set(step.key, whole);
    return whole;
  }

  cover(branch: Branch): Box | null {
    const end = this.endAfter(branch);
    const rest = branch.steps.map((step) => this.span(step)).reduce(join, null);
    return end ? join(rest, grown({ left: end.x - 24, right: end.x - 16, top: end.y, bottom: end.y })) : rest;
  }

  /** Where the button stands that adds to a branch. */
  endAfter(branch: Branch): Point | undefined {
    const last = branch.steps.at(-1);
    const at = last && this.layout.nodes.get(last.key);
    const inner = last && isBlock(last) ? this.around(last) : null;
    return inner && at ? { x: inner.right + 48, y: at.y } : this.endPlaces.get(keyOfPath(branch.path));
  }

  span(step: Step): Box | null {
    const at = this.layout.nodes.get(step.key);
    const own = at ? grown({ left: at.x - 32, right: at.x + 32, top: at.y, bottom: at.y }) : null;
    const inner = this.around(step);
    const wide = inner && { left: inner.left - 12, right: inner.right + 12, top: inner.top - 12, bottom: inner.bottom + 12 };
    const handlers = step.branches.filter(({ kind }) => kind === 'error').map((branch) => this.cover(branch));
    return [wide, ...handlers].reduce(join, own);
  }

  edge(line: Line): LineEdge {
    const from = line.from === null ? undefined : this.steps.get(line.from);
    const leaves = from && line.kind !== 'branch' && isBlock(from) && this.around(from);
    const source = line.from === null ? 'start' : leaves ? `frame:${line.from}` : line.from;
    const target = line.to ?? `end:${keyOfPath(line.at.list)}`;
    const step = line.to === null ? null : (this.steps.get(line.to) ?? null);
    return { id: line.id, type: 'line', source, target, data: { line, target: step, gap: line.to !== null }, domAttributes: silent, zIndex: 1 };
  }

  ends(graph: Graph): AnyNode[] {
    const found: AnyNode[] = [];
    for (const line of this.layout.lines) {
      if (line.to !== null) continue;
      const list = keyOfPath(line.at.list);
      const from = line.from === null ? undefined : this.steps.get(line.from);
      const around = from && line.kind !== 'branch' && isBlock(from) ? this.around(from) : null;
      const at = this.endPlaces.get(list) ?? line.end;
      const x = around ? around.right + 48 : at.x;
      if (found.some(({ id }) => id === `end:${list}`)) continue;
      found.push(endNode(`end:${list}`, { x, y: at.y }, line.at, graph.all.length === 0));
    }
    return found;
  }
}

/** Whether steps stand inside this one. */
export function isBlock(step: Step): boolean {
  return step.branches.some(({ kind }) => kind !== 'error');
}

function frameNode(id: string, kind: FrameNode['data']['kind'], around: Box, exit: number): FrameNode {
  const position = { x: around.left, y: around.top };
  const [width, height] = [around.right - around.left, around.bottom - around.top];
  return { id, type: 'frame', position, width, height, data: { kind, exit: exit - around.top }, domAttributes: untold, draggable: false, selectable: false, zIndex: 0 };
}

function endNode(id: string, at: Point, place: Line['at'], lone: boolean): EndNode {
  const position = { x: at.x - endSize / 2, y: at.y - endSize / 2 };
  return { id, type: 'end', position, width: endSize, height: endSize, data: { at: place, lone }, domAttributes: untold, draggable: false, zIndex: 2 };
}

function noteNode({ x, y, text }: Note, index: number): NoteNode {
  return { id: `note:${index}`, type: 'note', position: { x, y }, width: 200, height: 120, data: { index, text }, domAttributes: untold, draggable: true, zIndex: 3 };
}

function grown({ left, right, top, bottom }: Box): Box {
  return { left: left - padding.side, right: right + padding.side, top: top - padding.top, bottom: bottom + padding.bottom };
}

function join(one: Box | null, other: Box | null): Box | null {
  if (!one || !other) return one ?? other;
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

/** The objects of before, where nothing about them is new. A disc reads from the step itself what its name is and the
 * like: a letter typed there reaches that disc alone. What the canvas measured stays known, else it would take away all
 * lines, measure every step again, and draw the lines anew. */
function reuse<T extends { id: string; measured?: unknown }>(now: T[], before: readonly T[] = []): T[] {
  const known = new Map(before.map((item) => [item.id, item]));
  return now.map((item) => {
    const old = known.get(item.id);
    if (!old || same(old, item)) return old ?? item;
    return old.measured ? { ...item, measured: old.measured } : item;
  });
}

function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!isPlain(one) || !isPlain(other)) return false;
  return Object.keys(other).every((key) => key === 'step' || key === 'target' || same(one[key], other[key]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
