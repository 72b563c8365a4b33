// Keeps the output of the selected step: it is not called any more, and gives this.
import { t } from '../i18n';
import type { Action } from './action';

export const pin: Action = {
  id: 'pin',
  label: () => t.actions.pin,
  keys: ['p'],
  where: 'canvas',
  menu: 'step',
  when: ({ free, editor }) => free && editor.step !== null && editor.step.kind !== 'trigger' && (editor.pins.has(editor.step.key) || editor.watch.records.has(editor.step.key)),
  perform: ({ editor }) => {
    const key = editor.step?.key;
    if (key === undefined) return;
    const pins = new Map(editor.pins);
    if (!pins.delete(key)) pins.set(key, editor.watch.records.get(key)?.at(-1)?.output ?? null);
    editor.pins = pins;
  },
};
