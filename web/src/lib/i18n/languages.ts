// Which languages there are, and which of them serves a reader best (BCP 47 tags). Pure.

export const languages = ['en', 'zh-TW', 'zh-CN'] as const;
export type Language = (typeof languages)[number];

/** What each language calls itself. */
export const names: Record<Language, string> = { en: 'English', 'zh-TW': '繁體中文', 'zh-CN': '简体中文' };

/** The language for the first of these tags that can be served; English where none can. */
export function nearest(tags: readonly string[]): Language {
  for (const tag of tags) {
    const found = serving(tag.toLowerCase().split(/[-_]/));
    if (found) return found;
  }
  return 'en';
}

function serving([language, ...rest]: string[]): Language | undefined {
  if (language === 'en') return 'en';
  if (language !== 'zh') return undefined;
  if (rest.includes('hant')) return 'zh-TW';
  const simplified = rest.includes('hans') || rest.includes('cn') || rest.includes('sg') || rest.length === 0;
  return simplified ? 'zh-CN' : 'zh-TW';
}
