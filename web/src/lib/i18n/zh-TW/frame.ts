// Traditional Chinese as in Taiwan: what is said before any panel or other page is open.
import type { Frame } from '../en/frame';
import { actions, canvas } from './canvas';
import { editor } from './editor';
import { common } from './everywhere';
import { shell } from './shell';
import { past, watch } from './watch';

export const frame: Frame = {
  ...common,
  actions,
  canvas,
  editor,
  past,
  shell,
  watch,
};
