// Begins a scenario: as a draft of its own name, which the editor then shows.
import { scenarios } from '../api/client';
import { saveDraft } from '../api/editing';
import { drafts, type Template } from '../api/templates';
import { t } from '../i18n';
import { go } from '../router/router.svelte';
import { free } from './match';

const patience = 10_000; // milliseconds

/** Opens an empty scenario of a name that nothing else has. */
export async function beginEmpty(): Promise<void> {
  await open('scenario', `name: ${t.begin.untitled}\nsteps: []\n`);
}

/** Makes a draft of a template and opens it. */
export async function beginWith({ id, text }: Template): Promise<void> {
  await open(id, text);
}

async function open(base: string, text: string): Promise<void> {
  const name = free(base, await taken());
  await saveDraft(name, { text, basis: null, revision: 0 });
  go({ page: 'scenario', id: name });
}

/** Names that scenarios and drafts have. */
export async function taken(): Promise<string[]> {
  const signal = AbortSignal.timeout(patience);
  const [live, begun] = await Promise.all([scenarios(signal), drafts(signal).catch(() => [])]);
  return [...live.map(({ id }) => id), ...begun.map(({ scenario }) => scenario)];
}
