// What every function of expressions does, by its name. Simplified Chinese.
import { collections } from './collections';
import { formats } from './formats';
import { numbers } from './numbers';
import { security } from './security';
import { text } from './text';
import { time } from './time';

export const summaries: Record<string, string> = { ...text, ...numbers, ...collections, ...time, ...formats, ...security };
