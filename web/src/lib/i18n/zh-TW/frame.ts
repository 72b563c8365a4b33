// Traditional Chinese as in Taiwan: what is said before any panel or other page is open.
import type { Frame } from '../en/frame';
import * as canvas from './canvas';
import * as editor from './editor';
import { common } from './everywhere';
import * as shell from './shell';
import * as watch from './watch';

export const frame: Frame = { ...common, ...canvas, ...editor, ...shell, ...watch };
