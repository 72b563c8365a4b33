// Puts in what was copied, after the selection.
import { pasted } from '../editor/clipboard';
import { t } from '../i18n';
import type { Action } from './action';

export const paste: Action = {
  id: 'paste',
  label: () => t.actions.paste,
  keys: ['ctrl+v'],
  where: 'canvas',
  menu: 'edit',
  native: true,
  when: ({ free }) => free,
  perform: (bench) => {
    // Without a secure context browsers let nobody read the clipboard; the key works everywhere.
    void navigator.clipboard?.readText().then((yaml) => pasted(bench, yaml), () => undefined);
  },
};
