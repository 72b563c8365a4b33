// Opens the import of what other tools exported.
import { t } from '../i18n';
import type { Action } from './action';

export const importFile: Action = {
  id: 'import',
  label: () => t.actions.import,
  keys: [],
  where: 'page',
  when: () => true,
  perform: (bench) => (bench.dialog = { kind: 'import', given: undefined }),
};
