// Draws the canvas smaller.
import { t } from '../i18n';
import type { Action } from './action';

export const zoomOut: Action = {
  id: 'zoomOut',
  label: () => t.actions.zoomOut,
  keys: ['-'],
  where: 'canvas',
  icon: 'minus',
  when: ({ view }) => view !== undefined,
  perform: ({ view }) => view?.zoom(0.8),
};
