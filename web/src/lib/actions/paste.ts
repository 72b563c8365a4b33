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
    const ask = () => (bench.dialog = { kind: 'paste' });
    // Without a secure context, or leave, browsers let no page read the clipboard; the key works everywhere.
    if (navigator.clipboard) void navigator.clipboard.readText().then((yaml) => pasted(bench, yaml), ask);
    else ask();
  },
};
