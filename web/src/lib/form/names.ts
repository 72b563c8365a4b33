// The names that expressions of a step can use: what each stands for in people's words, and its value where one is
// known, from the run that is shown, from a pin, or from an example. Pure.
import { at } from '../code/complete';
import type { Step } from '../model/graph';
import type { Sight } from './visible';

export interface Name {
  /** None where the step has no id yet: it gets one when it is first referred to. */
  name: string | undefined;
  label: string;
  step: Step | undefined;
  value: unknown;
  /** Where the value comes from. */
  source: 'run' | 'pin' | 'sample' | 'none';
}

export interface Values {
  trigger: unknown;
  /** Outputs of the run, by id. */
  steps: Record<string, unknown>;
  vars: Record<string, unknown>;
  loops: Record<string, unknown>;
  /** Outputs of the run of steps that have no id, by label. */
  unnamed: Record<string, unknown>;
  /** Pinned outputs, by key. */
  pins: ReadonlyMap<string, unknown>;
  /** Example outputs, by module. */
  samples: ReadonlyMap<string, unknown>;
}

/** What people call what is no step. */
export interface Words {
  trigger: string;
  vars: string;
  index: string;
  error: string;
}

export function namesFor(sight: Sight, triggers: readonly Step[], loopOf: (step: Step) => { as: string; in: string }, values: Values, words: Words): Name[] {
  const names: Name[] = [triggerOf(triggers, values, words)];
  for (const step of sight.steps) names.push(outputOf(step, values));
  const known = Object.fromEntries(names.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value]])));
  for (const loop of sight.loops) {
    const { as, in: list } = loopOf(loop);
    const value = as in values.loops ? values.loops[as] : firstOf(at({ ...known, vars: values.vars }, list));
    known[as] = value;
    names.push({ name: as, label: as === 'item' ? loop.label : as, step: loop, value, source: value === undefined ? 'none' : 'run' });
  }
  if (sight.loops.length > 0) names.push({ name: 'index', label: words.index, step: undefined, value: 0, source: 'sample' });
  if (sight.error) names.push({ name: 'error', label: words.error, step: undefined, value: anError, source: 'sample' });
  if (Object.keys(values.vars).length > 0) names.push({ name: 'vars', label: words.vars, step: undefined, value: values.vars, source: 'run' });
  return names;
}

/** What an error has, before one was seen. */
const anError = { code: 'http_status', message: '…', status: 500, step: '…' };

function triggerOf(triggers: readonly Step[], values: Values, words: Words): Name {
  const [only] = triggers;
  const label = triggers.length === 1 && only && only.label !== only.module ? only.label : words.trigger;
  if (values.trigger !== undefined) return { name: 'trigger', label, step: only, value: values.trigger, source: 'run' };
  const sample = only && values.samples.get(only.module);
  return { name: 'trigger', label, step: only, value: sample ?? undefined, source: sample === undefined || sample === null ? 'none' : 'sample' };
}

function outputOf(step: Step, { steps, unnamed, pins, samples }: Values): Name {
  const name = step.id ?? undefined;
  const known = (value: unknown, source: Name['source']): Name => ({ name, label: step.label, step, value, source });
  if (pins.has(step.key)) return known(pins.get(step.key), 'pin');
  if (name !== undefined && Object.hasOwn(steps, name)) return known(steps[name], 'run');
  if (name === undefined && Object.hasOwn(unnamed, step.label)) return known(unnamed[step.label], 'run');
  const sample = samples.get(step.module);
  return sample === undefined || sample === null ? known(undefined, 'none') : known(sample, 'sample');
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}

/** How a value within a value is written: `.total`, `[0]`, `["order-id"]`. */
export function written(path: readonly (string | number)[]): string {
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : isName(part) ? `.${part}` : `[${JSON.stringify(part)}]`)).join('');
}

export function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}

/** The names that an expression begins chains with. */
export function mentioned(expression: string): Set<string> {
  const bare = expression.replace(/"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g, '""');
  return new Set([...bare.matchAll(/(?:^|[^\p{L}\p{N}_.])([\p{L}_][\p{L}\p{N}_]*)/gu)].map(([, name]) => name ?? ''));
}

/** An expression that is a chain of names and positions alone, part by part. */
export function chainOf(expression: string): string[] | undefined {
  if (!/^[\p{L}_][\p{L}\p{N}_]*(?:\??\.[\p{L}_][\p{L}\p{N}_]*|\??\[\d+\]|\??\["[^"\\]*"\])*$/u.test(expression)) return undefined;
  return [...expression.matchAll(/([\p{L}_][\p{L}\p{N}_]*)|\[(\d+)\]|\["([^"]*)"\]/gu)].map(([, name, index, quoted]) => name ?? quoted ?? `${Number(index) + 1}.`);
}
