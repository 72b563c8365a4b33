// What an import says of modules and files, in the language in use. The sentences come when a reader of Chinese needs them.
import { language } from './language.svelte';

let sentences = $state.raw<typeof import('./imports/translated') | undefined>();
let asked = false;

/** The same in the language in use; as the server said it until the sentences are there, and where there is none. Reactive. */
export function told(said: string): string {
  const spoken = language();
  if (spoken === 'en') return said;
  if (sentences) return sentences.translated(said, spoken);
  if (!asked) {
    asked = true;
    import('./imports/translated').then(
      (loaded) => (sentences = loaded),
      () => (asked = false),
    );
  }
  return said;
}
