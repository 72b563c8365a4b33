// English: what is said before any panel or other page is open.
import { actions, canvas } from './canvas';
import { editor } from './editor';
import { common } from './everywhere';
import { shell } from './shell';
import { past, watch } from './watch';

export const frame = {
  ...common,
  actions,
  canvas,
  editor,
  past,
  shell,
  watch,
};

export type Frame = typeof frame;
