// Simplified Chinese as in Mainland China: section by section, in the shape of the English.
import { en, type Dictionary } from '../en';

export const zhCN: Dictionary = { ...en, locale: 'zh-CN' };
