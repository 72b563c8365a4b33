// Puts every disc back where the tree has it.
import { t } from '../i18n';
import type { Action } from './action';

export const tidy: Action = {
  id: 'tidy',
  label: () => t.actions.tidy,
  keys: ['t'],
  where: 'canvas',
  icon: 'tidy',
  when: ({ arrangement }) => Object.keys(arrangement.positions).length > 0,
  perform: (bench) => {
    bench.arrangement.tidy();
    requestAnimationFrame(() => bench.view?.fit());
  },
};
