// Where steps stand when nobody moved them: a tree from left to right, 190 px a step and 150 px a branch.
import type { Path } from './doc';
import type { Branch, Graph, Step } from './graph';

export const ACROSS = 190;
export const DOWN = 150;
/** Room round the steps that a frame holds. */
const MARGIN = 20;

export interface Point {
  x: number;
  y: number;
}

export interface Line {
  /** The same for the same place between the same steps. */
  id: string;
  from: string | null;
  /** None where a list ends: a step may be added there. */
  to: string | null;
  kind: 'next' | 'branch' | 'join' | 'end';
  /** What is written on the line: a branch's name. */
  label: string | null;
  when: string | null;
  branch: Branch['kind'] | null;
  /** Where a step comes to stand that is put in here. */
  at: { list: Path; index: number };
  start: Point;
  end: Point;
}

export interface Frame {
  id: string;
  /** The step that holds it; none for `on_failure`. */
  step: string | null;
  kind: Branch['kind'] | 'failure';
  label: string | null;
  path: Path;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Layout {
  nodes: Map<string, Point>;
  lines: Line[];
  frames: Frame[];
}

/** How far a part of the tree reaches: to the right, and above and below the line that it stands on. */
interface Size {
  width: number;
  up: number;
  down: number;
}

/** The key by which a place that was chosen by hand is kept: the id outlives moves, a path does not. */
export function placeKey(step: Step): string {
  return step.id ?? step.key;
}

/** Places, lines and frames. `positions` are those chosen by hand, by id or key. */
export function layout(graph: Graph, positions: Record<string, Point> = {}): Layout {
  const plan = new Plan(positions);
  const main = plan.chainSize(graph.steps);
  const above = Math.max(0, ((graph.triggers.length - 1) * DOWN) / 2);
  graph.triggers.forEach((trigger, index) => plan.place(trigger, 0, index * DOWN - above));
  const start = graph.triggers.length > 0 ? ACROSS : 0;
  plan.chain(graph.steps, ['steps'], start, 0);
  plan.entries(graph);
  if (graph.failure.length > 0) {
    const size = plan.chainSize(graph.failure);
    const y = Math.max(main.down, above) + DOWN + size.up + MARGIN;
    plan.chain(graph.failure, ['on_failure'], 0, y);
    plan.frame('on_failure', null, 'failure', null, ['on_failure'], 0, y, size);
  }
  return { nodes: plan.nodes, lines: plan.lines, frames: plan.frames };
}

class Plan {
  readonly nodes = new Map<string, Point>();
  readonly lines: Line[] = [];
  readonly frames: Frame[] = [];
  readonly sizes = new Map<Step, Size>();

  constructor(readonly positions: Record<string, Point>) {}

  chainSize(steps: readonly Step[]): Size {
    const sizes = steps.map((step) => this.stepSize(step));
    return {
      width: sizes.reduce((width, size) => width + size.width, 0),
      up: Math.max(0, ...sizes.map((size) => size.up)),
      down: Math.max(0, ...sizes.map((size) => size.down)),
    };
  }

  /** A step, with the branches that stand to its right. */
  stepSize(step: Step): Size {
    const known = this.sizes.get(step);
    if (known) return known;
    let size: Size = { width: ACROSS, up: 0, down: 0 };
    const branches = step.branches.map((branch) => this.branchSize(branch));
    if (branches.length > 0) {
      const offsets = offsetsOf(step, branches);
      size = {
        width: ACROSS + Math.max(...branches.map(({ width }) => width)),
        up: Math.max(0, branches[0]!.up - offsets[0]!),
        down: Math.max(0, offsets.at(-1)! + branches.at(-1)!.down),
      };
    }
    this.sizes.set(step, size);
    return size;
  }

  branchSize(branch: Branch): Size {
    const { width, up, down } = this.chainSize(branch.steps);
    return { width: Math.max(width, ACROSS) + MARGIN, up: up + MARGIN, down: down + MARGIN };
  }

  place(step: Step, x: number, y: number): void {
    const moved = this.positions[placeKey(step)] ?? this.positions[step.key];
    this.nodes.set(step.key, moved ? { x: moved.x, y: moved.y } : { x, y });
  }

  /** Steps one after another, and what hangs on each. */
  chain(steps: readonly Step[], list: Path, x: number, y: number): void {
    let at = x;
    steps.forEach((step, index) => {
      this.place(step, at, y);
      this.hang(step, at, y);
      const next = steps[index + 1];
      at += this.stepSize(step).width;
      if (next) this.place(next, at, y);
      this.behind(step, next ?? null, { list, index: index + 1 }, { x: at, y });
    });
  }

  /** The line behind a step: from the step, or from the end of each branch that comes back to it. */
  behind(step: Step, next: Step | null, at: Line['at'], end: Point): void {
    const to = next ? this.nodes.get(next.key)! : end;
    const kind = next ? 'next' : 'end';
    const start = this.nodes.get(step.key)!;
    this.lines.push({ id: `${step.key}>`, from: step.key, to: next?.key ?? null, kind, label: null, when: null, branch: null, at, start, end: to });
  }

  hang(step: Step, x: number, y: number): void {
    const sizes = step.branches.map((branch) => this.branchSize(branch));
    const offsets = offsetsOf(step, sizes);
    step.branches.forEach((branch, index) => {
      const left = x + ACROSS;
      const height = y + offsets[index]!;
      this.chain(branch.steps, branch.path, left, height);
      const id = branch.path.join('/');
      const first = branch.steps[0];
      const start = this.nodes.get(step.key)!;
      const end = first ? this.nodes.get(first.key)! : { x: left, y: height };
      const { label, when, kind } = branch;
      const at = { list: branch.path, index: 0 };
      this.lines.push({ id: `>${id}`, from: step.key, to: first?.key ?? null, kind: 'branch', label, when, branch: kind, at, start, end });
      this.frame(id, step.key, kind, label, branch.path, left, height, sizes[index]!);
    });
  }

  frame(id: string, step: string | null, kind: Frame['kind'], label: string | null, path: Path, x: number, y: number, size: Size): void {
    const width = Math.max(size.width, ACROSS) - MARGIN / 2;
    this.frames.push({ id, step, kind, label, path, x: x - ACROSS / 2 + MARGIN / 2, y: y - size.up - DOWN / 2 + MARGIN, width, height: size.up + size.down + DOWN - 2 * MARGIN });
  }

  /** The lines from the triggers to the first step, or to where it will stand. */
  entries({ triggers, steps }: Graph): void {
    const first = steps[0];
    const end = first ? this.nodes.get(first.key)! : { x: triggers.length > 0 ? ACROSS : 0, y: 0 };
    const at = { list: ['steps'], index: 0 };
    const line = { to: first?.key ?? null, kind: first ? 'next' : 'end', label: null, when: null, branch: null, at, end } as const;
    for (const trigger of triggers) {
      this.lines.push({ ...line, id: `${trigger.key}>`, from: trigger.key, start: this.nodes.get(trigger.key)! });
    }
    if (triggers.length === 0) this.lines.push({ ...line, id: '>steps', from: null, start: { x: end.x - ACROSS, y: end.y } });
  }
}

/** How far each branch stands below its step: one alone stays level, several are centred, and errors hang below. */
function offsetsOf(step: Step, sizes: readonly Size[]): number[] {
  const offsets: number[] = [];
  const usual = step.branches.filter(({ kind }) => kind !== 'error').length;
  sizes.forEach((size, index) => {
    const before = sizes[index - 1];
    offsets.push(before ? offsets[index - 1]! + before.down + DOWN + size.up - 2 * MARGIN : 0);
  });
  const span = usual > 1 ? offsets[usual - 1]! / 2 : 0;
  const lowered = usual === 0 ? DOWN : 0;
  return offsets.map((offset) => offset - span + lowered);
}
