// Simplified Chinese as in Mainland China: every sentence.
import type { Dictionary } from '../en';
import { frame } from './frame';
import { rooms } from './rooms';

export const zhCN: Dictionary = { ...frame, ...rooms };
