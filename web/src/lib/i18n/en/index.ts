// English: every sentence of the page. Its type is what other languages must have too.
import { frame } from './frame';
import { rooms } from './rooms';

export const en = { ...frame, ...rooms };

export type Dictionary = typeof en;
