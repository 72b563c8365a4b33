// Takes the last act back.
import { t } from '../i18n';
import type { Action } from './action';

export const undo: Action = {
  id: 'undo',
  label: () => t.editor.undo,
  keys: ['ctrl+z'],
  where: 'anywhere',
  when: ({ editor }) => editor.canUndo,
  perform: ({ editor }) => editor.undo(),
};
