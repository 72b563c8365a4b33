// The scenario as a tree of rows, for those who hear it or walk it by keys: every step in order, with its branches.
import type { Path } from './doc';
import type { Branch, Graph, Step } from './graph';

export interface OutlineRow {
  /** The step's key; of a branch, the path of its steps. */
  key: string;
  kind: 'trigger' | 'step' | 'branch';
  step: Step | null;
  branch: Branch | null;
  /** The heading of the steps that run after a failure. */
  failure: boolean;
  level: number;
  /** Place among its siblings, from 1, and how many those are: `aria-posinset` and `aria-setsize`. */
  position: number;
  size: number;
  parent: string | null;
  /** Whether something hangs on it. */
  holds: boolean;
  path: Path;
}

/** All rows from top to bottom. */
export function outline(graph: Graph): OutlineRow[] {
  const rows: OutlineRow[] = [];
  const size = graph.triggers.length + graph.steps.length + (graph.failure.length > 0 ? 1 : 0);
  graph.triggers.forEach((step, index) => rows.push(stepRow(step, 'trigger', 1, index + 1, size, null)));
  graph.steps.forEach((step, index) => addStep(rows, step, 1, graph.triggers.length + index + 1, size, null));
  if (graph.failure.length > 0) {
    const key = 'on_failure';
    rows.push({ key, kind: 'branch', step: null, branch: null, failure: true, level: 1, position: size, size, parent: null, holds: true, path: [key] });
    graph.failure.forEach((step, index) => addStep(rows, step, 2, index + 1, graph.failure.length, key));
  }
  return rows;
}

function stepRow(step: Step, kind: 'trigger' | 'step', level: number, position: number, size: number, parent: string | null): OutlineRow {
  const { key, path, branches } = step;
  return { key, kind, step, branch: null, failure: false, level, position, size, parent, holds: branches.length > 0, path };
}

function addStep(rows: OutlineRow[], step: Step, level: number, position: number, size: number, parent: string | null): void {
  rows.push(stepRow(step, 'step', level, position, size, parent));
  step.branches.forEach((branch, index) => {
    const key = branch.path.join('/');
    const holds = branch.steps.length > 0;
    rows.push({ key, kind: 'branch', step: null, branch, failure: false, level: level + 1, position: index + 1, size: step.branches.length, parent: step.key, holds, path: branch.path });
    branch.steps.forEach((inner, place) => addStep(rows, inner, level + 2, place + 1, branch.steps.length, key));
  });
}

/** The rows that are seen when some are folded. */
export function unfolded(rows: readonly OutlineRow[], folded: ReadonlySet<string>): OutlineRow[] {
  const hidden = new Set<string>();
  return rows.filter(({ key, parent }) => {
    const isHidden = parent !== null && (hidden.has(parent) || folded.has(parent));
    if (isHidden) hidden.add(key);
    return !isHidden;
  });
}
