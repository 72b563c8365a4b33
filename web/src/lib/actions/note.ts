// Writes a note on the selected step.
import { t } from '../i18n';
import type { Action } from './action';

export const note: Action = {
  id: 'note',
  label: () => t.actions.note,
  keys: ['n'],
  where: 'canvas',
  menu: 'step',
  when: ({ free, editor }) => free && editor.step !== null && editor.step.kind !== 'trigger' && !editor.step.readOnly,
  perform: (bench) => {
    if (bench.editor.step) bench.dialog = { kind: 'note', key: bench.editor.step.key };
  },
};
