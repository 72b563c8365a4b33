// What a run did, step by step of a text: counts for the picture, records for the inspector. Pure.
import type { Run, Step as Turn, StepStatus } from '../api/types';
import type { Branch, Graph, Step } from '../model/graph';

/** What went through a step. */
export interface Bubble {
  passed: number;
  /** Held back by its filter or its `when`. */
  stopped: number;
  failed: number;
  /** How it stands, where several turns differ the one that most wants to be seen. */
  status: StepStatus;
  attempts: number;
}

/** What went down a branch, and what did not. */
export interface Passing {
  passed: number;
  stopped: number;
}

const urgency: StepStatus[] = ['failed', 'held', 'running', 'retrying', 'waiting', 'cancelled', 'done', 'recovered', 'filtered', 'skipped'];
const passes: ReadonlySet<StepStatus> = new Set(['done', 'recovered']);
const stops: ReadonlySet<StepStatus> = new Set(['filtered', 'skipped']);
const fails: ReadonlySet<StepStatus> = new Set(['failed', 'held']);

/** The records of a run by the key of the step in the graph of its text. */
export function recordsByKey(run: Run, graph: Graph): Map<string, Turn[]> {
  const steps = graph.all.filter((step) => step.kind !== 'trigger');
  const found = new Map<string, Turn[]>();
  for (const record of run.steps) {
    const key = keyFor(record, steps);
    if (key === undefined) continue;
    const known = found.get(key);
    if (known) known.push(record);
    else found.set(key, [record]);
  }
  return found;
}

/** By its number, which counts in the order of the text; by its name where the text is not quite the one that ran. */
function keyFor(record: Turn, steps: Step[]): string | undefined {
  const numbered = steps[record.step];
  if (numbered && numbered.module === record.module && (record.id ?? null) === numbered.id) return numbered.key;
  const same = (step: Step) => step.module === record.module && (record.id ? step.id === record.id : step.label === record.label);
  return steps.find(same)?.key;
}

export function bubblesOf(run: Run, graph: Graph): Map<string, Bubble> {
  const bubbles = new Map<string, Bubble>();
  const trigger = startedBy(run, graph);
  if (trigger) bubbles.set(trigger.key, { passed: 1, stopped: 0, failed: 0, status: 'done', attempts: 1 });
  for (const [key, records] of recordsByKey(run, graph)) bubbles.set(key, bubbleOf(records));
  return bubbles;
}

function bubbleOf(records: Turn[]): Bubble {
  const count = (among: ReadonlySet<StepStatus>) => records.filter(({ status }) => among.has(status)).length;
  const status = urgency.find((status) => records.some((record) => record.status === status)) ?? records[0]?.status ?? 'done';
  const attempts = Math.max(...records.map((record) => record.attempts));
  return { passed: count(passes), stopped: count(stops), failed: count(fails), status, attempts };
}

/** The trigger that started a run; the first where it was started in another way. */
export function startedBy(run: Run, graph: Graph): Step | undefined {
  const source = run.input?.source;
  return graph.triggers.find((trigger) => trigger.module === source) ?? graph.triggers[0];
}

/** What went down each branch of a `route`, by the path of its list of steps. */
export function passingOf(run: Run, graph: Graph): Map<string, Passing> {
  const records = recordsByKey(run, graph);
  const passing = new Map<string, Passing>();
  for (const step of graph.all) {
    const came = records.get(step.key)?.length ?? 0;
    if (step.module !== 'route' || came === 0) continue;
    step.branches.forEach((branch, index) => {
      if (branch.kind === 'error') return;
      const passed = taken(branch, index, records.get(step.key) ?? [], records);
      passing.set(branch.path.join('/'), { passed, stopped: came - passed });
    });
  }
  return passing;
}

/** How often a branch was taken: as its first step tells or, where it has none, what the route gave. */
function taken(branch: Branch, index: number, routes: Turn[], records: Map<string, Turn[]>): number {
  const first = branch.steps[0];
  if (first) return new Set((records.get(first.key) ?? []).map(({ turns }) => turns.join('/'))).size;
  const name = branch.label ?? (branch.kind === 'otherwise' ? 'otherwise' : String(index));
  return routes.filter(({ output }) => Array.isArray(output) && output.includes(name)).length;
}
