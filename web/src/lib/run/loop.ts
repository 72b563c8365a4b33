// What a step in a loop had as its item: the loop's list, evaluated on what the run gave.
import { post } from '../api/http';
import { valueAt } from '../model/doc';
import type { Step } from '../model/graph';
import type { Ran } from './watch.svelte';

/** A loop around a step: what its item is called, the expression of its list, and which turn it was. */
export interface Around {
  name: string;
  list: string;
  turn: number;
}

/** The `for_each` loops around a step, outermost first, as long as each can be told apart from the others. */
export function loopsAround(step: Step, turns: number[], { doc, graph }: Pick<Ran, 'doc' | 'graph'>): Around[] {
  const found: Around[] = [];
  let depth = 0;
  for (const outer of graph.all) {
    const isAround = outer.key !== step.key && `${step.key}/`.startsWith(`${outer.key}/${outer.module}/`);
    if (!isAround || (outer.module !== 'for_each' && outer.module !== 'repeat')) continue;
    const turn = turns[depth];
    depth += 1;
    const list = valueAt(doc, [...outer.path, 'for_each', 'in']);
    const name = valueAt(doc, [...outer.path, 'for_each', 'as']);
    if (outer.module !== 'for_each' || turn === undefined || typeof list !== 'string') continue;
    found.push({ name: typeof name === 'string' ? name : 'item', list, turn });
  }
  return found;
}

/** The items of these loops in a run, by name; what cannot be told is left out. */
export async function itemsOf(loops: Around[], run: string): Promise<Record<string, unknown>> {
  const items: Record<string, unknown> = {};
  for (const { name, list, turn } of loops) {
    const expression = list.replace(/^\s*\{\{([\s\S]*)\}\}\s*$/, '$1');
    const answer = await post<{ value?: unknown }>('/evaluate', { expression, run, scope: items });
    if (!Array.isArray(answer.value)) break;
    items[name] = answer.value[turn];
  }
  return items;
}
