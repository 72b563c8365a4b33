// Makes what is on the screen the live version.
import { t } from '../i18n';
import type { Action } from './action';

export const publish: Action = {
  id: 'publish',
  label: () => t.actions.publish,
  keys: ['ctrl+s'],
  where: 'anywhere',
  when: ({ desk }) => !desk.isLive && !desk.publishing,
  perform: ({ desk }) => void desk.publish(),
};
