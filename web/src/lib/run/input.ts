// What a run by hand gets, written in a form: a body as JSON, and a query as it stands in an address. Pure.
import type { TrialInput } from '../api/editing';

/** Where the input of a run by hand comes from. */
export type Source = 'last' | 'sample' | 'own' | 'wait' | 'none';

/** The body to begin with: what was written before, else what the trigger got last. */
export function bodyText(input: TrialInput | undefined, trigger: unknown): string {
  const body = input && 'body' in input ? input.body : part(trigger, 'body');
  return body === undefined || body === null ? '{}' : JSON.stringify(body, null, 2);
}

export function queryText(input: TrialInput | undefined, trigger: unknown): string {
  const query = input && 'query' in input ? input.query : part(trigger, 'query');
  if (typeof query !== 'object' || query === null) return '';
  const pairs = Object.entries(query).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, String(one)]));
  return new URLSearchParams(pairs).toString();
}

/** What was written; or why it is none. The parts of the path stay as they were. */
export function fromForm(body: string, query: string, trigger: unknown): { input: TrialInput } | { wrong: string } {
  const given: Record<string, string | string[]> = {};
  const pairs = new URLSearchParams(query.trim().replace(/^\?/, ''));
  for (const name of new Set(pairs.keys())) {
    const values = pairs.getAll(name);
    given[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  try {
    const params = part(trigger, 'params');
    const value: unknown = body.trim() === '' ? null : JSON.parse(body);
    return { input: { body: value, query: given, ...(params !== undefined && { params }) } };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

function part(trigger: unknown, name: string): unknown {
  return typeof trigger === 'object' && trigger !== null ? (trigger as Record<string, unknown>)[name] : undefined;
}
