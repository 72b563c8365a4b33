// What the editor asks of the server: checking, drafts, layout, modules, versions, trying a text.
import type { Diagnostic, Run, ScenarioText } from './types';
import { Refused, get, post, put, remove } from './http';

/** What a step can use, a flow step, or a trigger. */
export interface Module {
  name: string;
  summary: string;
  description: string;
  parameters: Record<string, unknown>;
  example: unknown;
  sample: unknown;
  connections: string[];
  needs_connection: boolean;
  kind?: 'module' | 'flow' | 'trigger';
  title?: string;
  app?: { name: string; title: string; color: string; icon: string; i18n?: Partial<Record<string, string>> };
  /** What Make and n8n call it. */
  aliases?: string[];
  i18n?: Partial<Record<string, ModuleWords>>;
  url_parameter?: string | null;
}

export interface ModuleWords {
  title?: string;
  summary?: string;
  parameters?: Record<string, { title?: string; description?: string }>;
}

/** A text kept apart from the live one; it may hold errors. */
export interface Draft {
  text: string;
  /** The version it was begun from; none where the scenario was not there. */
  basis: string | null;
  revision: number;
  /** Milliseconds since 1970. */
  saved: number;
}

export interface Layout {
  positions: Record<string, { x: number; y: number }>;
  notes?: { x: number; y: number; text: string }[];
}

export interface Version {
  version: string;
  current: boolean;
  created?: number;
}

/** What a trial gets as its input. */
export interface TrialInput {
  body?: unknown;
  query?: unknown;
  headers?: unknown;
  params?: unknown;
  method?: string;
  run?: string;
  request?: { hook: string; id: string };
}

export interface Trial {
  text: string;
  input?: TrialInput;
  until?: string;
  only?: string;
  pins?: Record<string, unknown>;
  scope?: Record<string, unknown>;
}

export interface RunScope {
  trigger: unknown;
  steps: Record<string, unknown>;
  vars: Record<string, unknown>;
}

export interface Listening {
  urls: { trigger: number; path: string; url: string; test_url: string }[];
  until: number;
}

export async function modules(signal: AbortSignal): Promise<Module[]> {
  return (await get<{ items: Module[] }>('/modules', signal)).items;
}

export async function check(text: string): Promise<Diagnostic[]> {
  return (await post<{ diagnostics: Diagnostic[] }>('/check', { text })).diagnostics;
}

/** None where there is no draft. */
export function draft(scenario: string, signal: AbortSignal): Promise<Draft | undefined> {
  return unlessMissing(get<Draft>(`${at(scenario)}/draft`, signal));
}

export function saveDraft(scenario: string, kept: Pick<Draft, 'text' | 'basis' | 'revision'>): Promise<Draft> {
  return put(`${at(scenario)}/draft`, kept);
}

export function dropDraft(scenario: string): Promise<void> {
  return remove(`${at(scenario)}/draft`);
}

/** Makes the text the live one. `version`: the one it was begun from; `draft`: the revision that this ends. */
export function publish(scenario: string, text: string, version: string | null, draft: number): Promise<ScenarioText> {
  return put(at(scenario), { text, ...(version !== null && { version }), ...(draft > 0 && { draft }) });
}

export function layoutOf(scenario: string, signal: AbortSignal): Promise<Layout | undefined> {
  return unlessMissing(get<Layout>(`${at(scenario)}/layout`, signal));
}

export function saveLayout(scenario: string, layout: Layout): Promise<Layout> {
  return put(`${at(scenario)}/layout`, layout);
}

export async function versions(scenario: string, signal: AbortSignal): Promise<Version[]> {
  return (await get<{ items: Version[] }>(`${at(scenario)}/versions`, signal)).items;
}

export function versionText(scenario: string, version: string, signal: AbortSignal): Promise<{ version: string; text: string }> {
  return get(`${at(scenario)}/versions/${encodeURIComponent(version)}`, signal);
}

/** Runs this text once, live or not. */
export async function tryOnce(scenario: string, trial: Trial): Promise<string> {
  return (await post<{ run: string }>(`${at(scenario)}/try`, trial)).run;
}

/** Has this text answer at its test URLs for a while. */
export function listen(scenario: string, text: string): Promise<Listening> {
  return post(`${at(scenario)}/listen`, { text });
}

export function switchOn(scenario: string): Promise<void> {
  return post(`${at(scenario)}/enable`, {});
}

export function switchOff(scenario: string): Promise<void> {
  return post(`${at(scenario)}/disable`, {});
}

/** What the steps of a run gave, as expressions see it. */
export function scopeOf(run: string, signal: AbortSignal): Promise<RunScope> {
  return get(`/runs/${encodeURIComponent(run)}/scope`, signal);
}

/** Does a run again, from a step on. */
export async function replayRun(run: string, how: Record<string, unknown>): Promise<string> {
  return (await post<{ run: string }>(`/runs/${encodeURIComponent(run)}/replay`, how)).run;
}

/** Where a run tells of itself until it is over. */
export function runEvents(run: string): string {
  return `/api/v1/runs/${encodeURIComponent(run)}/events`;
}

export type { Run };

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}

function at(scenario: string): string {
  return `/scenarios/${encodeURIComponent(scenario)}`;
}
