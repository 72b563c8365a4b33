// Opens the list of triggers.
import { t } from '../i18n';
import type { Action } from './action';

export const addTrigger: Action = {
  id: 'addTrigger',
  label: () => t.actions.addTrigger,
  keys: [],
  where: 'canvas',
  when: ({ free }) => free,
  perform: (bench) => (bench.dialog = { kind: 'add', at: undefined, trigger: true }),
};
