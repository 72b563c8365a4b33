// Does again what was taken back.
import { t } from '../i18n';
import type { Action } from './action';

export const redo: Action = {
  id: 'redo',
  label: () => t.editor.redo,
  keys: ['ctrl+shift+z', 'ctrl+y'],
  where: 'anywhere',
  when: ({ editor }) => editor.canRedo,
  perform: ({ editor }) => editor.redo(),
};
