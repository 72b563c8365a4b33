// Adds a branch to the selected route or parallel step.
import { t } from '../i18n';
import { addBranch as branchAdded } from '../model/edits';
import type { Action } from './action';

export const addBranch: Action = {
  id: 'addBranch',
  label: () => t.actions.addBranch,
  keys: ['b'],
  where: 'canvas',
  menu: 'step',
  when: ({ free, editor }) => free && (editor.step?.module === 'route' || editor.step?.module === 'parallel'),
  perform: ({ editor }) => {
    if (!editor.step) return;
    const edits = branchAdded(editor.doc, editor.step.path, editor.step.module === 'route' ? { when: 'true' } : {});
    editor.perform({ label: t.actions.addBranch, edits });
  },
};
