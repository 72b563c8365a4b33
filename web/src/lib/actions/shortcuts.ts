// Lists the keys.
import { t } from '../i18n';
import type { Action } from './action';

export const shortcuts: Action = {
  id: 'shortcuts',
  label: () => t.actions.keys,
  keys: ['?'],
  where: 'page',
  icon: 'keyboard',
  when: () => true,
  perform: (bench) => (bench.dialog = { kind: 'keys' }),
};
