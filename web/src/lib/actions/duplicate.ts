// Puts a second of the selected step behind it.
import { t } from '../i18n';
import { duplicateStep } from '../model/edits';
import type { Action } from './action';

export const duplicate: Action = {
  id: 'duplicate',
  label: () => t.actions.duplicate,
  keys: ['ctrl+d'],
  where: 'canvas',
  menu: 'edit',
  when: ({ free, editor }) => free && editor.step !== null && editor.step.kind !== 'trigger' && !editor.step.readOnly,
  perform: ({ editor }) => {
    const step = editor.step;
    if (!step) return;
    const index = Number(step.path.at(-1)) + 1;
    const select = [...step.path.slice(0, -1), index].join('/');
    editor.perform({ label: t.actions.duplicate, edits: duplicateStep(editor.doc, step.path), select });
  },
};
