// What a step was given: the values of the run that its text names. Pure.
import type { Run, Step as Turn } from '../api/types';
import type { Step } from '../model/graph';

/** The values that a step's text names, by name; none where it names none. */
export function givenTo(turn: Turn, step: Step, text: string, run: Run, trigger: unknown): Record<string, unknown> | undefined {
  const written = ownText(step, text);
  const given: Record<string, unknown> = {};
  if (mentions(written, 'trigger')) given.trigger = trigger;
  for (const earlier of run.steps) {
    if (earlier === turn) break;
    const { id, output } = earlier;
    if (id && output !== undefined && within(earlier.turns, turn.turns) && mentions(written, id)) given[id] = output;
  }
  return Object.keys(given).length > 0 ? given : undefined;
}

/** The text of a step without the steps inside it. */
export function ownText(step: Step, text: string): string {
  let own = '';
  let at = step.range[0];
  for (const inner of step.branches.flatMap((branch) => branch.steps)) {
    own += text.slice(at, inner.range[0]);
    at = inner.range[1];
  }
  return own + text.slice(at, step.range[1]);
}

/** Whether one turn lies in the loops of another, so that its output was in sight there. */
function within(outer: number[], inner: number[]): boolean {
  return outer.every((turn, depth) => inner[depth] === turn);
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![\\p{L}\\p{N}_.])${name.replace(/[^\p{L}\p{N}_]/gu, '\\$&')}(?![\\p{L}\\p{N}_:])`, 'u').test(text);
}

/** What the caller was answered, as a value; none where nobody was. */
export function answerOf({ response }: Pick<Run, 'response'>): { status: number; body: unknown } | undefined {
  if (!response) return undefined;
  const { status, body } = response;
  return { status, body: typeof body === 'string' ? (parsed(body) ?? body) : body };
}

/** A list or map that was written as JSON. */
function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The outputs of a run's steps that no expression can name, by their labels: to be shown, and to be named when they are used. */
export function unnamedOf(run: Pick<Run, 'steps'> | undefined): Record<string, unknown> {
  return Object.fromEntries((run?.steps ?? []).flatMap(({ id, label, output }) => (id || output === undefined ? [] : [[label, output]])));
}
