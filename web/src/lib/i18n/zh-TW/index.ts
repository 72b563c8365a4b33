// Traditional Chinese as in Taiwan: every sentence.
import type { Dictionary } from '../en';
import { frame } from './frame';
import { rooms } from './rooms';

export const zhTW: Dictionary = { ...frame, ...rooms };
