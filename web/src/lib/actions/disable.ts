// Leaves the selected steps out of runs, or lets them in again.
import { t } from '../i18n';
import type { Doc } from '../model/doc';
import { chain, setDisabled } from '../model/edits';
import type { Action } from './action';

export const disable: Action = {
  id: 'disable',
  label: () => t.actions.disable,
  keys: ['d'],
  where: 'canvas',
  menu: 'step',
  when: ({ free, chosen }) => free && chosen.some((step) => step.kind !== 'trigger' && !step.readOnly),
  perform: ({ editor, chosen }) => {
    const steps = chosen.filter((step) => step.kind !== 'trigger');
    const state = steps.every((step) => step.disabled) ? 'enabled' : 'disabled';
    const edits = chain(editor.doc, ...steps.map(({ path }) => (doc: Doc) => setDisabled(doc, path, state)));
    editor.perform({ label: t.actions.disable, edits });
  },
};
