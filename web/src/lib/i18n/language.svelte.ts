// The language in use: chosen before, or the browser's. Switching shows every sentence anew, without a reload.
import { en, type Dictionary } from './en';
import { nearest, type Language } from './languages';

const remembered = 'language';

let spoken = $state.raw<Dictionary>(en);

/** Every sentence, in the language in use. */
export const t: Dictionary = new Proxy(en, { get: (_, key) => Reflect.get(spoken, key) });

/** The language in use. */
export function language(): Language {
  return nearest([spoken.locale]);
}

/** Begins in the language that was chosen before, or the browser's. */
export function begin(): Promise<void> {
  return show(nearest([localStorage.getItem(remembered) ?? '', ...navigator.languages]));
}

/** Goes on in this language, and remembers it. */
export function speak(chosen: Language): Promise<void> {
  localStorage.setItem(remembered, chosen);
  return show(chosen);
}

async function show(chosen: Language): Promise<void> {
  spoken = await dictionary(chosen);
  document.documentElement.lang = chosen;
}

async function dictionary(chosen: Language): Promise<Dictionary> {
  if (chosen === 'zh-TW') return (await import('./zh-TW')).zhTW;
  if (chosen === 'zh-CN') return (await import('./zh-CN')).zhCN;
  return en;
}
