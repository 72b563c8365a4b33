// Goes back to the live text; undo brings the draft back.
import { t } from '../i18n';
import type { Action } from './action';

export const discard: Action = {
  id: 'discard',
  label: () => t.actions.discard,
  keys: [],
  where: 'page',
  when: ({ desk }) => desk.live !== undefined && !desk.isLive && !desk.publishing,
  perform: ({ desk }) => void desk.discard(t.actions.discard),
};
