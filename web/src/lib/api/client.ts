// Scenarios and runs, as the server's API has them.
import { get, post } from './http';
import type { Run, RunFilter, RunPage, Scenario, ScenarioText, Step } from './types';

export async function scenarios(signal: AbortSignal): Promise<Scenario[]> {
  const page = await get<{ items: Scenario[] }>('/scenarios', signal);
  return page.items;
}

export function scenario(id: string, signal: AbortSignal): Promise<ScenarioText> {
  return get(`/scenarios/${encodeURIComponent(id)}`, signal);
}

/** Runs, newest first: those older than `before`, at most `limit`. */
export function runs(filter: RunFilter, limit: number, before: string | null, signal: AbortSignal): Promise<RunPage> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (filter.scenario) query.set('scenario', filter.scenario);
  if (filter.status) query.set('status', filter.status);
  if (filter.q) query.set('q', filter.q);
  if (filter.since) query.set('since', midnight(filter.since, 0));
  if (filter.until) query.set('until', midnight(filter.until, 1));
  if (before) query.set('before', before);
  return get(`/runs?${query}`, signal);
}

export function run(id: string, signal: AbortSignal): Promise<Run> {
  return get(`/runs/${encodeURIComponent(id)}`, signal);
}

/** Has a held step tried again. */
export function resume(id: string, step: Pick<Step, 'id' | 'label' | 'turns'>): Promise<void> {
  return post(`/runs/${encodeURIComponent(id)}/resume`, { step: step.id ?? step.label, turns: step.turns });
}

export function cancel(id: string): Promise<void> {
  return post(`/runs/${encodeURIComponent(id)}/cancel`, {});
}

/** Makes a scenario. A text with errors is not taken. */
export function createScenario(id: string, text: string): Promise<ScenarioText> {
  return post('/scenarios', { id, text });
}

/** When a day begins in the reader's zone, or one some days later. */
function midnight(day: string, later: number): string {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}
