// Takes the selected steps out of the text.
import { t } from '../i18n';
import type { Doc } from '../model/doc';
import { chain, removeSteps, removeValue } from '../model/edits';
import type { Action } from './action';

export const remove: Action = {
  id: 'remove',
  label: () => t.actions.remove,
  keys: ['delete', 'backspace'],
  where: 'canvas',
  menu: 'edit',
  when: ({ free, chosen }) => free && chosen.some((step) => !step.readOnly),
  perform: (bench) => {
    const { editor, chosen } = bench;
    const steps = chosen.filter((step) => step.kind !== 'trigger').map(({ path }) => path);
    const triggers = chosen.filter((step) => step.kind === 'trigger').map(({ path }) => path).reverse();
    const edits = chain(editor.doc, (doc: Doc) => removeSteps(doc, steps), ...triggers.map((path) => (doc: Doc) => removeValue(doc, path)));
    const before = editor.steps[editor.steps.findIndex(({ key }) => key === chosen[0]?.key) - 1];
    editor.perform({ label: t.actions.remove, edits });
    if (before && editor.stepOf(before.key)) {
      editor.select(before.key);
      bench.view?.focus(before.key);
    }
  },
};
