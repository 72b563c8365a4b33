// Shows or hides the outline beside the canvas.
import { t } from '../i18n';
import type { Action } from './action';

export const outline: Action = {
  id: 'outline',
  label: () => t.actions.outline,
  keys: ['o'],
  where: 'page',
  icon: 'tree',
  when: () => true,
  perform: (bench) => (bench.outline = !bench.outline),
};
