// Runs up to the selected step, and stops behind it.
import { t } from '../i18n';
import { nameOf } from '../run/trial.svelte';
import type { Action } from './action';

export const runTo: Action = {
  id: 'runTo',
  label: () => t.actions.runTo,
  keys: ['shift+enter'],
  where: 'canvas',
  menu: 'step',
  when: ({ trial, editor }) => !trial.busy && !editor.stale && editor.step !== null && editor.step.kind !== 'trigger',
  perform: (bench) => {
    if (!bench.editor.step) return;
    void bench.trial.start({ until: nameOf(bench.editor.step) });
  },
};
