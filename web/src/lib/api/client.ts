// The only place that calls fetch.
import type { Run, RunFilter, RunPage, Scenario, ScenarioText, Step } from './types';

/** The server knows no session of ours. */
export class SignedOut extends Error {}

/** The server answered, but not with what was asked for. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

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

/** Opens a session. Tells whether the server took the token. */
export async function signIn(token: string): Promise<boolean> {
  const answer = await fetch('/login', { method: 'POST', body: new URLSearchParams({ token }) });
  const refused = !answer.ok && answer.status !== 401;
  if (refused) throw new Refused(answer.status, await reason(answer));
  try {
    await scenarios(AbortSignal.timeout(10_000));
    return true;
  } catch (error) {
    if (error instanceof SignedOut) return false;
    throw error;
  }
}

async function get<T>(path: string, signal: AbortSignal): Promise<T> {
  const answer = await fetch(`/api/v1${path}`, { signal, headers: { accept: 'application/json' } });
  if (answer.status === 401) throw new SignedOut();
  if (!answer.ok) throw new Refused(answer.status, await reason(answer));
  return (await answer.json()) as T;
}

async function post(path: string, body: unknown): Promise<void> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const answer = await fetch(`/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (answer.status === 401) throw new SignedOut();
  if (!answer.ok) throw new Refused(answer.status, await reason(answer));
}

/** What a problem document (RFC 9457) says, or else the status line. */
async function reason(answer: Response): Promise<string> {
  const problem: unknown = await answer.json().catch(() => null);
  if (problem && typeof problem === 'object') {
    const { detail, title } = problem as { detail?: unknown; title?: unknown };
    if (typeof detail === 'string') return detail;
    if (typeof title === 'string') return title;
  }
  return answer.statusText;
}
