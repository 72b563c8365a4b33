// Cuts the selected steps out, as YAML.
import { t } from '../i18n';
import { copySteps, removeSteps } from '../model/edits';
import { copy as write } from '../ui/clipboard';
import type { Action } from './action';

export const cut: Action = {
  id: 'cut',
  label: () => t.actions.cut,
  keys: ['ctrl+x'],
  where: 'canvas',
  menu: 'edit',
  native: true,
  when: ({ free, chosen }) => free && chosen.some((step) => step.kind !== 'trigger'),
  perform: ({ editor, chosen }) => {
    const paths = chosen.filter((step) => step.kind !== 'trigger').map(({ path }) => path);
    void write(copySteps(editor.doc, paths));
    editor.perform({ label: t.actions.cut, edits: removeSteps(editor.doc, paths) });
  },
};
