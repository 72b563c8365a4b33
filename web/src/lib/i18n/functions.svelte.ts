// What the functions of expressions do, in the language in use. English is what the server says; the others come when the
// first list of functions is shown.
import { language } from './language.svelte';
import type { Language } from './languages';

type Summaries = Record<string, string>;

const loaders: Record<Exclude<Language, 'en'>, () => Promise<{ summaries: Summaries }>> = {
  'zh-TW': () => import('./functions/zh-TW'),
  'zh-CN': () => import('./functions/zh-CN'),
};

let words = $state.raw<Partial<Record<Language, Summaries>>>({});
const asked = new Set<Language>();

/** The functions with what they do in the language in use; in English until the words are there. Reactive. */
export function explained<Known extends { name: string; summary: string }>(functions: readonly Known[]): readonly Known[] {
  const spoken = language();
  if (spoken === 'en' || functions.length === 0) return functions;
  const known = words[spoken];
  if (!known) {
    fetchWords(spoken);
    return functions;
  }
  return functions.map((one) => (Object.hasOwn(known, one.name) ? { ...one, summary: known[one.name] ?? one.summary } : one));
}

function fetchWords(spoken: Exclude<Language, 'en'>): void {
  if (asked.has(spoken)) return;
  asked.add(spoken);
  loaders[spoken]().then(
    ({ summaries }) => (words = { ...words, [spoken]: summaries }),
    () => asked.delete(spoken),
  );
}
