// Words that only some pages need: they come when they are first asked for, in the language in use.
import { language } from './language.svelte';
import type { Language } from './languages';

export type Loaders<Words> = Partial<Record<Language, () => Promise<Words>>>;

/** Gives the words in the language in use; none until they are there, and where a language has none. Reactive. */
export function lazily<Words>(loaders: Loaders<Words>): () => Words | undefined {
  let words = $state.raw<Partial<Record<Language, Words>>>({});
  const asked = new Set<Language>();
  return () => {
    const spoken = language();
    const known = words[spoken];
    const load = loaders[spoken];
    if (known || !load || asked.has(spoken)) return known;
    asked.add(spoken);
    load().then(
      (loaded) => (words = { ...words, [spoken]: loaded }),
      () => asked.delete(spoken),
    );
    return undefined;
  };
}
