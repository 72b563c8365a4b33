// Copies the selected steps, as YAML.
import { t } from '../i18n';
import { copySteps } from '../model/edits';
import { copy as write } from '../ui/clipboard';
import type { Action } from './action';

export const copy: Action = {
  id: 'copy',
  label: () => t.actions.copy,
  keys: ['ctrl+c'],
  where: 'canvas',
  menu: 'edit',
  native: true,
  when: ({ chosen }) => chosen.some((step) => step.kind !== 'trigger'),
  perform: (bench) => {
    const paths = bench.chosen.filter((step) => step.kind !== 'trigger').map(({ path }) => path);
    void write(copySteps(bench.editor.doc, paths));
    bench.said = t.canvas.copied(paths.length);
  },
};
