// Draws the canvas larger.
import { t } from '../i18n';
import type { Action } from './action';

export const zoomIn: Action = {
  id: 'zoomIn',
  label: () => t.actions.zoomIn,
  keys: ['+', '='],
  where: 'canvas',
  icon: 'plus',
  when: ({ view }) => view !== undefined,
  perform: ({ view }) => view?.zoom(1.25),
};
