// Which step is which after an edit: a step that begins where another began is the same one. Pure.
import type { Graph, Step } from '../model/graph';
import type { TextEdit } from '../model/text';

/** Where an offset is after the edits. What is written exactly there stands before it. */
export function moved(offset: number, edits: readonly TextEdit[]): number {
  let shift = 0;
  for (const { from, to, insert } of edits) {
    if (from > offset) break;
    if (to > offset) return from + shift + insert.length;
    shift += insert.length - (to - from);
  }
  return offset + shift;
}

/** The keys of steps before the edits, and what they are after them. Steps that are gone are missing. */
export function carry(before: Graph, after: Graph, edits: readonly TextEdit[]): Map<string, string> {
  const keys = new Map<string, string>();
  const byId = new Map(everyStep(after).flatMap((step) => (step.id === null ? [] : [[step.id, step.key] as const])));
  const byStart = new Map(everyStep(after).map((step) => [step.range[0], step.key]));
  for (const step of everyStep(before)) {
    const key = (step.id !== null && byId.get(step.id)) || byStart.get(moved(step.range[0], edits));
    if (key !== undefined) keys.set(step.key, key);
  }
  return keys;
}

/** Every step there is: triggers, steps, and those for a failure. */
export function everyStep(graph: Graph): Step[] {
  const seen = new Set(graph.all);
  const others = [...graph.triggers, ...graph.failure.flatMap(deep)].filter((step) => !seen.has(step));
  return [...others, ...graph.all];
}

function deep(step: Step): Step[] {
  return [step, ...step.branches.flatMap((branch) => branch.steps.flatMap(deep))];
}
