// Gives the selected step a name.
import { t } from '../i18n';
import type { Action } from './action';

export const rename: Action = {
  id: 'rename',
  label: () => t.actions.rename,
  keys: ['f2'],
  where: 'canvas',
  menu: 'step',
  when: ({ free, editor }) => free && editor.step !== null && editor.step.kind !== 'trigger' && !editor.step.readOnly,
  perform: (bench) => {
    if (bench.editor.step) bench.dialog = { kind: 'rename', key: bench.editor.step.key };
  },
};
