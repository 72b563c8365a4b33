// English: what is said before any panel or other page is open.
import * as canvas from './canvas';
import * as editor from './editor';
import { common } from './everywhere';
import * as shell from './shell';
import * as watch from './watch';

export const frame = { ...common, ...canvas, ...editor, ...shell, ...watch };

export type Frame = typeof frame;
