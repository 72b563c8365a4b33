// Goes to the next step: down.
import { t } from '../i18n';
import { walk } from './walk';
import type { Action } from './action';

export const walkDown: Action = {
  id: 'walkDown',
  label: () => t.actions.walk.down,
  keys: ['arrowdown'],
  where: 'canvas',
  when: ({ graph }) => graph.all.length > 0,
  perform: (bench) => walk(bench, 'down'),
};
