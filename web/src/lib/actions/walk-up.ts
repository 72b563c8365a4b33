// Goes to the next step: up.
import { t } from '../i18n';
import { walk } from './walk';
import type { Action } from './action';

export const walkUp: Action = {
  id: 'walkUp',
  label: () => t.actions.walk.up,
  keys: ['arrowup'],
  where: 'canvas',
  when: ({ graph }) => graph.all.length > 0,
  perform: (bench) => walk(bench, 'up'),
};
