// The language in use.
import { en, type Dictionary } from './en';

export const t: Dictionary = en;
