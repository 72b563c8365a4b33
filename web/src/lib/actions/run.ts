// Runs what is on the screen.
import { t } from '../i18n';
import type { Action } from './action';

export const run: Action = {
  id: 'run',
  label: () => t.actions.run,
  keys: ['ctrl+enter'],
  where: 'anywhere',
  when: ({ trial, editor }) => !trial.busy && !editor.stale,
  perform: (bench) => void bench.trial.start(),
};
