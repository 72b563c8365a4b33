// Goes to the next step: left.
import { t } from '../i18n';
import { walk } from './walk';
import type { Action } from './action';

export const walkLeft: Action = {
  id: 'walkLeft',
  label: () => t.actions.walk.left,
  keys: ['arrowleft'],
  where: 'canvas',
  when: ({ graph }) => graph.all.length > 0,
  perform: (bench) => walk(bench, 'left'),
};
