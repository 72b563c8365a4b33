// Why a step failed and what to try, in the language in use. The words come when the first failure is looked at.
import type { Failure, Failures } from './failures/en';
import { language } from './language.svelte';
import type { Language } from './languages';

const loaders: Record<Language, () => Promise<{ failures: Failures }>> = {
  en: () => import('./failures/en'),
  'zh-TW': () => import('./failures/zh-TW'),
  'zh-CN': () => import('./failures/zh-CN'),
};

let words = $state.raw<Partial<Record<Language, Failures>>>({});
const asked = new Set<Language>();

/** What the code means and what to try; nothing for a code that a scenario made up, or until the words are there. Reactive. */
export function failure(code: string): Failure | undefined {
  const spoken = language();
  const known = words[spoken];
  if (!known) {
    fetchWords(spoken);
    return undefined;
  }
  return Object.hasOwn(known, code) ? known[code as keyof Failures] : undefined;
}

function fetchWords(spoken: Language): void {
  if (asked.has(spoken)) return;
  asked.add(spoken);
  loaders[spoken]().then(
    ({ failures }) => (words = { ...words, [spoken]: failures }),
    () => asked.delete(spoken),
  );
}
