// Selects every step.
import { t } from '../i18n';
import type { Action } from './action';

export const selectAll: Action = {
  id: 'selectAll',
  label: () => t.actions.selectAll,
  keys: ['ctrl+a'],
  where: 'canvas',
  when: ({ editor }) => editor.graph.steps.length > 0,
  perform: ({ editor }) => editor.select(...editor.steps.filter((step) => step.kind !== 'trigger').map(({ key }) => key)),
};
