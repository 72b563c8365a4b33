// Opens the list of modules, to put one in after the selection or at the end.
import { t } from '../i18n';
import type { Action } from './action';

export const add: Action = {
  id: 'add',
  label: () => t.actions.add,
  keys: ['a'],
  where: 'canvas',
  icon: 'plus',
  when: ({ free }) => free,
  perform: (bench) => bench.add(),
};
