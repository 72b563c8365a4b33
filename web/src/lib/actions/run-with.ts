// Shows what the next run gets, and lets it get something else.
import { t } from '../i18n';
import type { Action } from './action';

export const runWith: Action = {
  id: 'runWith',
  label: () => t.actions.runWith,
  keys: ['ctrl+shift+enter'],
  where: 'anywhere',
  when: ({ trial, editor }) => !trial.busy && !editor.stale,
  perform: (bench) => (bench.dialog = { kind: 'input' }),
};
