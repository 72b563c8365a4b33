// What a module is called, and how one is found by any name that people know it by. Pure.
import type { Module } from '../api/editing';

/** The module's name in a language; its key where it has none. */
export function titleOf(module: Module | undefined, name: string, language: string): string {
  return module?.i18n?.[language]?.title ?? module?.title ?? name;
}

/** One sentence about it. */
export function summaryOf(module: Module, language: string): string {
  return module.i18n?.[language]?.summary ?? module.summary;
}

/** The app it belongs to, in a language. */
export function appOf({ app, name }: Module, language: string): string {
  return app?.i18n?.[language] ?? app?.title ?? name.split('.')[0] ?? name;
}

/** Those that fit what is searched, the best first. */
export function search(modules: readonly Module[], wanted: string, recent: readonly string[] = []): Module[] {
  const words = plain(wanted).split(' ').filter((word) => word !== '');
  if (words.length === 0) return [...modules];
  const scored = modules.flatMap((module) => {
    const score = scoreOf(module, words, recent.includes(module.name)) + (plain(module.name) === words.join(' ') ? 100 : 0);
    return score > 0 ? [{ module, score }] : [];
  });
  return scored.sort((a, b) => b.score - a.score).map(({ module }) => module);
}

function scoreOf(module: Module, words: string[], recent: boolean): number {
  const names = [module.name, module.title, ...translations(module, 'title')].filter((name) => name !== undefined).map(plain);
  const others = [...(module.aliases ?? []), module.app?.title ?? '', module.app?.name ?? '', ...Object.values(module.app?.i18n ?? {}).filter((name) => name !== undefined)].map(plain);
  const about = [module.summary, ...translations(module, 'summary')].map(plain);
  let score = recent ? 1 : 0;
  for (const word of words) {
    const found = Math.max(weigh(names, word, 40), weigh(others, word, 25), about.some((text) => text.includes(word)) ? 5 : 0);
    if (found === 0) return 0;
    score += found;
  }
  return score;
}

/** The beginning of a name counts more than its middle. */
function weigh(names: string[], word: string, most: number): number {
  if (names.some((name) => name === word)) return most + 10;
  if (names.some((name) => name.split(' ').some((part) => part.startsWith(word)))) return most;
  return names.some((name) => name.includes(word)) ? most / 2 : 0;
}

function translations(module: Module, what: 'title' | 'summary'): string[] {
  return Object.values(module.i18n ?? {}).flatMap((words) => words?.[what] ?? []);
}

function plain(text: string): string {
  return text.toLowerCase().normalize('NFKC').replace(/[._\-/:()]+/g, ' ').trim();
}
