// What expressions of a step can refer to: what stands before it, the loops around it. Pure.
import type { Branch, Graph, Step } from '../model/graph';

export interface Sight {
  /** Steps whose output is there when this one runs, in the order of the text. */
  steps: Step[];
  /** The loops around it, outermost first. */
  loops: Step[];
  /** Whether `error` can be referred to. */
  error: boolean;
}

interface Way {
  before: Step[];
  loops: Step[];
  error: boolean;
}

export function sightOf(graph: Graph, step: Step): Sight {
  if (step.kind === 'trigger') return { steps: [], loops: [], error: false };
  const found =
    walk(graph.steps, step.key, { before: [], loops: [], error: false }) ??
    walk(graph.failure, step.key, { before: graph.steps, loops: [], error: true });
  return found ? { steps: found.before, loops: found.loops, error: found.error } : { steps: [], loops: [], error: false };
}

/** The way to a step in this list or below it; none where it is elsewhere. */
function walk(list: Step[], key: string, way: Way): Way | undefined {
  let { before } = way;
  for (const step of list) {
    if (step.key === key) return { ...way, before };
    for (const branch of step.branches) {
      const within = walk(branch.steps, key, enter(step, branch, { ...way, before }));
      if (within) return within;
    }
    before = [...before, ...leftBy(step), step];
  }
  return undefined;
}

function enter(step: Step, { kind }: Branch, way: Way): Way {
  const loops = kind === 'loop' ? [...way.loops, step] : way.loops;
  return { before: way.before, loops, error: way.error || kind === 'error' };
}

/** What steps within a step leave behind: only what runs side by side is seen afterwards. */
function leftBy(step: Step): Step[] {
  return step.branches.filter(({ kind }) => kind === 'parallel').flatMap(({ steps }) => steps.flatMap((inner) => [...leftBy(inner), inner]));
}
