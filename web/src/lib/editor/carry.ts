// Which step is which after an edit: the one with the same id, or the one that begins where it began. Pure.
import type { Graph } from '../model/graph';
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

/** A step as it was before the edits. */
export interface Place {
  key: string;
  id: string | null;
  start: number;
}

/** To be noted before the edits: a graph that is made of another changes the places of the steps that both have. */
export function places(graph: Graph): Place[] {
  return graph.all.map(({ key, id, range }) => ({ key, id, start: range[0] }));
}

/** The keys of steps before the edits, and what they are after them. Steps that are gone are missing. */
export function carry(before: readonly Place[], after: Graph, edits: readonly TextEdit[]): Map<string, string> {
  const keys = new Map<string, string>();
  const byId = new Map(after.all.flatMap((step) => (step.id === null ? [] : [[step.id, step.key] as const])));
  const byStart = new Map(after.all.map((step) => [step.range[0], step.key]));
  for (const { key, id, start } of before) {
    const now = (id !== null && byId.get(id)) || byStart.get(moved(start, edits));
    if (now !== undefined) keys.set(key, now);
  }
  return keys;
}
