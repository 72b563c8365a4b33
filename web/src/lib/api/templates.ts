// The scenarios that come with the server, and drafts, as the server's API has them.
import { get } from './http';

export interface Template {
  id: string;
  name: string;
  description: string;
  text: string;
  /** Names of the modules it uses. */
  modules: string[];
  i18n?: Record<string, { name?: string; description?: string }>;
}

export interface DraftLine {
  scenario: string;
  revision: number;
  saved: number;
  /** The version that it was begun from. */
  basis: string | null;
}

export async function templates(signal: AbortSignal): Promise<Template[]> {
  return (await get<{ items: Template[] }>('/templates', signal)).items;
}

export async function drafts(signal: AbortSignal): Promise<DraftLine[]> {
  return (await get<{ items: DraftLine[] }>('/drafts', signal)).items;
}
