// Lists everything that can be done.
import { t } from '../i18n';
import type { Action } from './action';

export const commands: Action = {
  id: 'commands',
  label: () => t.actions.commands,
  keys: ['ctrl+k'],
  where: 'anywhere',
  when: () => true,
  perform: (bench) => (bench.dialog = { kind: 'commands' }),
};
