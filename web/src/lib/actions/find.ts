// Finds a step of the scenario.
import { t } from '../i18n';
import type { Action } from './action';

export const find: Action = {
  id: 'find',
  label: () => t.actions.find,
  keys: ['/'],
  where: 'page',
  icon: 'search',
  when: ({ graph }) => graph.all.length > 0,
  perform: (bench) => (bench.dialog = { kind: 'search' }),
};
