// Shows the form of the selected step, and goes to its first field.
import { t } from '../i18n';
import type { Action } from './action';

const field = '#tab-content :is(input, textarea, select, [contenteditable="true"], button):not([tabindex="-1"])';

export const open: Action = {
  id: 'open',
  label: () => t.actions.open,
  keys: ['enter'],
  where: 'canvas',
  menu: 'step',
  when: ({ editor }) => editor.step !== null,
  perform: (bench) => {
    if (!bench.editor.step) return;
    bench.open(bench.editor.step.key);
    requestAnimationFrame(() => document.querySelector<HTMLElement>(field)?.focus());
  },
};
