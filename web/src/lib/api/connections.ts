// Connections and secrets, as the server's API has them. Secrets go there and never come back.
import { get, post, put, remove } from './http';

export interface ConnectionField {
  name: string;
  /** What is secret, and JSON, is written and never read back. */
  kind: 'text' | 'secret' | 'url' | 'number' | 'json' | 'choice' | 'list';
  required: boolean;
  title?: string | null;
  description?: string | null;
  choices?: string[] | null;
  i18n?: Record<string, { title?: string; description?: string }>;
}

export interface ConnectionType {
  type: string;
  title: string;
  fields: ConnectionField[];
  i18n?: Record<string, { title?: string }>;
}

export interface Connection {
  name: string;
  type: string;
  source: 'file' | 'editor';
  sandbox: boolean;
  state: 'ok' | 'broken';
  reason?: string | null;
  used_by: string[];
  last_used?: number | null;
  failing_since?: number | null;
  /** Whether somebody has authorized it; not there where nobody has to. */
  authorized?: boolean | null;
  /** When its credential ends and nothing takes its place. */
  expires?: number | null;
  /** What is no secret. */
  fields: Record<string, unknown>;
}

export interface Connections {
  items: Connection[];
  /** Where providers send people back to; they have to know it beforehand. */
  redirect_uri?: string | null;
  types: ConnectionType[];
}

export interface Tested {
  ok: boolean;
  /** Why it does not work. */
  code?: string | null;
  message: string;
  hint?: string | null;
  took_ms: number;
}

export interface Secret {
  name: string;
  source: 'file' | 'editor';
  used_by: string[];
  changed?: number | null;
}

type Settings = { type: string; fields: Record<string, unknown> };

export function connections(signal: AbortSignal): Promise<Connections> {
  return get('/connections', signal);
}

export function keepConnection(name: string, settings: Settings): Promise<void> {
  return put(`/connections/${encodeURIComponent(name)}`, settings);
}

export function removeConnection(name: string): Promise<void> {
  return remove(`/connections/${encodeURIComponent(name)}`);
}

/** Tries one that is kept. */
export function testConnection(name: string): Promise<Tested> {
  return post(`/connections/${encodeURIComponent(name)}/test`, {});
}

/** Tries settings without keeping them; secrets that are left out are those of the connection of this name. */
export function trySettings(settings: Settings, name?: string): Promise<Tested> {
  return post('/connections/test', { ...settings, ...(name && { name }) });
}

/** Begins to ask somebody to allow it: the address of the provider's page, for ten minutes. */
export function authorizeConnection(name: string): Promise<{ url: string }> {
  return post(`/connections/${encodeURIComponent(name)}/authorize`, {});
}

export async function secrets(signal: AbortSignal): Promise<Secret[]> {
  return (await get<{ items: Secret[] }>('/secrets', signal)).items;
}

export function keepSecret(name: string, value: string): Promise<void> {
  return put(`/secrets/${encodeURIComponent(name)}`, { value });
}

export function removeSecret(name: string): Promise<void> {
  return remove(`/secrets/${encodeURIComponent(name)}`);
}
