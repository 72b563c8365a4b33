// Shows the whole scenario.
import { t } from '../i18n';
import type { Action } from './action';

export const fit: Action = {
  id: 'fit',
  label: () => t.actions.fit,
  keys: ['f'],
  where: 'canvas',
  icon: 'fit',
  when: ({ view }) => view !== undefined,
  perform: ({ view }) => view?.fit(),
};
