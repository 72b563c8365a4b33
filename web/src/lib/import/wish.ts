// What one looks for in the place of a step that is still to be done: the app, by the name that it had elsewhere. Pure.
import type { Module } from '../api/editing';
import { search } from '../canvas/title';

/** The words to begin the search with: as many of the old name as find something; else those of a call over HTTP. */
export function wishOf(was: string, modules: readonly Module[]): string {
  const [app = '', action = ''] = parted(was).map(words);
  const steps = modules.filter(({ kind }) => kind !== 'trigger');
  const tried = [`${app} ${action}`, app, app.split(' ')[0] ?? ''].map((text) => text.trim());
  return tried.find((text) => text !== '' && search(steps, text).length > 0) ?? 'http';
}

/** App and action of `app:ActionOfIt`, `n8n-nodes-base.someApp`, `@owner/n8n-nodes-app.doIt`. */
function parted(was: string): string[] {
  const [owner = '', rest] = was.split(/[:.](.*)/);
  if (rest === undefined) return [was];
  const base = owner.replace(/^@[^/]*\//, '').replace(/^n8n-nodes-?/, '');
  return base === '' || base === 'base' ? [rest] : [base, rest];
}

/** `google-sheets` and `googleSheets` are two words. */
function words(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .toLowerCase()
    .trim();
}
