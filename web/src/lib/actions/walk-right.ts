// Goes to the next step: right.
import { t } from '../i18n';
import { walk } from './walk';
import type { Action } from './action';

export const walkRight: Action = {
  id: 'walkRight',
  label: () => t.actions.walk.right,
  keys: ['arrowright'],
  where: 'canvas',
  when: ({ graph }) => graph.all.length > 0,
  perform: (bench) => walk(bench, 'right'),
};
