// Puts a note on the canvas.
import { t } from '../i18n';
import type { Action } from './action';

export const canvasNote: Action = {
  id: 'canvasNote',
  label: () => t.actions.canvasNote,
  keys: ['shift+n'],
  where: 'canvas',
  icon: 'note',
  when: ({ editor, view }) => !editor.watch.past && view !== undefined,
  perform: ({ view, arrangement }) => {
    if (view) arrangement.addNote(view.middle());
  },
};
