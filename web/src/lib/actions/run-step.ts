// Runs the selected step alone, on the values at hand.
import { t } from '../i18n';
import { nameOf } from '../run/trial.svelte';
import type { Action } from './action';

export const runStep: Action = {
  id: 'runStep',
  label: () => t.actions.runStep,
  keys: ['alt+enter'],
  where: 'canvas',
  menu: 'step',
  when: ({ trial, editor }) => !trial.busy && !editor.stale && editor.step !== null && editor.step.kind !== 'trigger',
  perform: (bench) => {
    if (!bench.editor.step) return;
    void bench.trial.start({ only: nameOf(bench.editor.step) });
  },
};
